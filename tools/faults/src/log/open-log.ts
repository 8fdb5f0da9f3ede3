import { type EventLog, PgEventLog, createPool, migrateEventStore } from '@agon/event-store';
import { createDatabase } from '@agon/testing';

/** The service that appends in the scenarios that need no services, and its category. */
export const SERVICE = 'gateway';
export const CATEGORY = 'game';

/** One connection to the log, as one process of several would hold it. */
export interface LogConnection {
  readonly log: EventLog;
  /** Any other statement, on the same session. */
  readonly query: (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Process id of the session's server process. */
  readonly pid: number;
}

export interface OpenLog {
  readonly url: string;
  /** Many connections. */
  readonly log: EventLog;
  /** A connection apart from all others. */
  connect(): Promise<LogConnection>;
  close(): Promise<void>;
}

/** An empty log in a database of its own; `url` names one that exists and is kept. */
export async function openLog(url?: string): Promise<OpenLog> {
  const database = url === undefined ? await createDatabase() : { url, drop: () => Promise.resolve() };
  await migrateEventStore(database.url);
  const pools = [createPool(database.url, 'faults')];
  const sessions: { release: () => void }[] = [];
  const connect = async (): Promise<LogConnection> => {
    const pool = createPool(database.url, 'faults', 1);
    pools.push(pool);
    // The pool itself would replace the session after a statement that failed.
    const session = await pool.connect();
    sessions.push(session);
    const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
    return {
      log: new PgEventLog(session),
      query: async (text) => (await session.query<Record<string, unknown>>(text)).rows,
      pid: rows[0]?.pid ?? 0,
    };
  };
  const log = new PgEventLog(pools[0] ?? createPool(database.url, 'faults'));
  await log.claim(SERVICE, [CATEGORY]);
  return {
    url: database.url,
    log,
    connect,
    close: async () => {
      for (const session of sessions) session.release();
      await Promise.all(pools.map((pool) => pool.end()));
      await database.drop();
    },
  };
}
