import { createDatabase } from '@agon/testing';
import type { Pool } from 'pg';
import { createPool, migrateEventStore, PgEventLog } from '../src/index.ts';

export interface OpenPgLog {
  readonly log: PgEventLog;
  readonly pool: Pool;
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** An empty log in a database of its own. */
export const openPgLog = async (): Promise<OpenPgLog> => {
  const database = await createDatabase();
  await migrateEventStore(database.url);
  const pool = createPool(database.url, 'event-store test');
  const close = async (): Promise<void> => {
    await pool.end();
    await database.drop();
  };
  return { log: new PgEventLog(pool), pool, url: database.url, close };
};
