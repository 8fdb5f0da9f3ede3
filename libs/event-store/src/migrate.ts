import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { EventLog1763800000000 } from './migrations/1763800000000-event-log.ts';
import { RedriveParkedMessages1764000000000 } from './migrations/1764000000000-redrive-parked-messages.ts';

/** Key of the advisory lock that all migrations of the log share: "agon" in ASCII. */
const MIGRATION_LOCK = 0x61676f6e;

/** Longest wait for another process that migrates. */
const LOCK_TIMEOUT_MS = 60_000;

/**
 * Brings the log's schema `agon_log` up to date. Safe when several processes start at once: an advisory lock lets one
 * of them work and the others find it done. Throws when the database can't be reached or a migration fails; a failed
 * migration leaves nothing behind.
 */
export const migrateEventStore = async (url: string): Promise<void> => {
  const lock = new Client({ connectionString: url, application_name: 'agon migration lock' });
  // A lock connection that breaks fails the next query on it; without a listener the event would end the process.
  lock.on('error', () => undefined);
  await lock.connect();
  try {
    await lock.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await lock.query('create schema if not exists agon_log');
    await runMigrations(url);
  } finally {
    // Ending the session releases the lock, also after an error.
    await lock.end();
  }
};

const runMigrations = async (url: string): Promise<void> => {
  const source = await new DataSource({
    type: 'postgres',
    url,
    schema: 'agon_log',
    applicationName: 'agon migration',
    migrations: [EventLog1763800000000, RedriveParkedMessages1764000000000],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'all',
    extra: { max: 1 },
  }).initialize();
  try {
    await source.runMigrations();
  } finally {
    await source.destroy();
  }
};
