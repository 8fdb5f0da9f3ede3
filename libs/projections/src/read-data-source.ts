import pg, { Pool, type PoolConfig } from 'pg';
import { DataSource } from 'typeorm';

/** Longest that a read or a fold may take, and that a transaction may sit idle; milliseconds. */
const LIMIT_MS = 10_000;
/** Connections stay warm over a quiet spell. */
const IDLE_MS = 10 * 60_000;

/**
 * TypeORM listens for a connection's errors one turn after it was opened. One that breaks in that turn, as when Postgres is
 * killed just then, would end the process; so it is listened to from the start. Whoever uses it hears of it all the same.
 */
class HeardPool extends Pool {
  constructor(config?: PoolConfig) {
    super(config);
    this.on('connect', (client) => client.on('error', () => undefined));
  }
}

/**
 * Opens the connections for folding and reading read models, apart from the log's own pool: a fold must not wait for an
 * append, nor the other way round. A commit does not wait for the disk: rows and checkpoint go together, so what a crash
 * of Postgres takes back is folded again from the log.
 *
 * @param name of the process, as `pg_stat_activity` shows it
 * @param connections at most; a process may hold ten in all
 * @throws when Postgres can't be reached.
 */
export const openReadDataSource = (url: string, name: string, connections = 4): Promise<DataSource> =>
  new DataSource({
    type: 'postgres',
    driver: { ...pg, Pool: HeardPool },
    url,
    applicationName: `${name} read models`,
    poolSize: connections,
    connectTimeoutMS: 5000,
    // An idle connection that breaks is dropped by the pool and needs no handling.
    poolErrorHandler: () => undefined,
    extra: {
      // Every statement goes by a key. A plan that was made while a table was small must not stay when it has grown.
      options: '-c enable_seqscan=off -c synchronous_commit=off',
      statement_timeout: LIMIT_MS,
      idle_in_transaction_session_timeout: LIMIT_MS,
      idleTimeoutMillis: IDLE_MS,
      keepAlive: true,
    },
  }).initialize();
