import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { EventLog1763800000000 } from './migrations/1763800000000-event-log.ts';
import { RedriveParkedMessages1764000000000 } from './migrations/1764000000000-redrive-parked-messages.ts';
import { ServiceRoles1764100000000 } from './migrations/1764100000000-service-roles.ts';
import { Snapshots1764200000000 } from './migrations/1764200000000-snapshots.ts';
import { AppendBatch1764300000000 } from './migrations/1764300000000-append-batch.ts';

const MIGRATIONS = [
  EventLog1763800000000,
  RedriveParkedMessages1764000000000,
  ServiceRoles1764100000000,
  Snapshots1764200000000,
  AppendBatch1764300000000,
];

/** Key of the advisory lock of whoever changes the log's schema or its roles: "agon" in ASCII. */
export const MIGRATION_LOCK = 0x61676f6e;

/** Longest wait for another process that migrates. */
const LOCK_TIMEOUT_MS = 60_000;

const INSUFFICIENT_PRIVILEGE = '42501';

/** The log has to be migrated, and this connection's role has no right to. */
export class MayNotMigrateError extends Error {
  override readonly name = 'MayNotMigrateError';
}

/**
 * Brings the log's schema `agon_log` up to date; when it is, that takes one query and no right but to read. Safe when
 * several processes start at once: an advisory lock lets one of them work and the others find it done.
 *
 * @throws MayNotMigrateError when there is something to do that the role may not; otherwise when the database can't be
 * reached or a migration fails. A failed migration leaves nothing behind.
 */
export const migrateEventStore = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url, application_name: 'agon migration lock' });
  // A lock connection that breaks fails the next query on it; without a listener the event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    if (await isUpToDate(client)) return;
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query('create schema if not exists agon_log');
    await runMigrations(url);
    // Roles that services have already are given what is new.
    await client.query(`
      select agon_log.bind_service(service, role) from agon_log.services
      where exists (select from pg_roles where rolname = role)`);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new MayNotMigrateError(
      `the event log is not up to date, and role "${client.user ?? ''}" may not change it (${error.message}): ` +
        'run "./agon provision" with the DATABASE_URL of the log’s owner',
      { cause: error },
    );
  } finally {
    // Ending the session releases the lock, also after an error.
    await client.end();
  }
};

/** As `pg` says it, and as TypeORM passes it on. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === INSUFFICIENT_PRIVILEGE;

const isUpToDate = async (client: Client): Promise<boolean> => {
  const { rows } = await client.query<{ made: boolean }>(
    `select to_regclass('agon_log.migrations') is not null as made`,
  );
  if (rows[0]?.made !== true) return false;
  const { rows: done } = await client.query<{ name: string }>('select name from agon_log.migrations');
  const names = new Set(done.map(({ name }) => name));
  return MIGRATIONS.every((Migration) => names.has(new Migration().name));
};

const runMigrations = async (url: string): Promise<void> => {
  const source = await new DataSource({
    type: 'postgres',
    url,
    schema: 'agon_log',
    applicationName: 'agon migration',
    migrations: MIGRATIONS,
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
