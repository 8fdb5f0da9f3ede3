import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { MIGRATION_LOCK, migrateEventStore } from './migrate.ts';

/** A service and the database role under which alone it may write. */
export interface ServiceRole {
  readonly service: string;
  readonly role: string;
  /** Given to a role that is made here; one that exists keeps its own. */
  readonly password?: string | undefined;
  /** Streams of these categories are the service's alone. */
  readonly categories: readonly string[];
}

/**
 * Migrates the log as its owner, makes the roles that are missing (each may log in and nothing else), binds each to its
 * service and claims the service's categories, so that no other service can be quicker. Safe to repeat.
 *
 * @param url of the log's owner; it needs CREATEROLE only if a role is missing.
 * @throws what Postgres says: SQLSTATE 42501 without the rights, AG004 when a category is another service's.
 */
export const provisionLog = async (url: string, roles: readonly ServiceRole[]): Promise<void> => {
  await migrateEventStore(url);
  const client = new Client({ connectionString: url, application_name: 'agon provision' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    for (const { service, role, password, categories } of roles) {
      await makeRole(client, role, password);
      await client.query('select agon_log.bind_service($1, $2)', [service, role]);
      await client.query('select agon_log.claim_categories($1, $2)', [service, categories]);
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
};

const makeRole = async (client: Client, role: string, password: string | undefined): Promise<void> => {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 1) return;
  const secret = password === undefined ? '' : ` password ${escapeLiteral(password)}`;
  await client.query(`create role ${escapeIdentifier(role)} login${secret}`);
};
