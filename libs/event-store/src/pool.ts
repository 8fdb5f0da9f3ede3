import { Pool, types, type CustomTypesConfig } from 'pg';

const INT8 = 20;
const INT8_ARRAY = 1016;

const parseInt8Array = (text: string): (number | null)[] =>
  text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((part) => (part === 'NULL' ? null : Number(part)));

/** Reads `bigint` as a number: positions stay far below 2^53. */
export const numberTypes: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary' && oid === INT8) return Number;
    if (format !== 'binary' && oid === INT8_ARRAY) return parseInt8Array;
    return types.getTypeParser(oid, format);
  },
};

/**
 * The log's pool for one process: at most `connections` (fewer than 10 where the process has others), named in `pg_stat_activity`, with time limits, so that a stuck
 * statement or a forgotten transaction frees its partition. `bigint` comes as a number.
 */
export const createPool = (url: string, name: string, connections = 10): Pool => {
  const pool = new Pool({
    connectionString: url,
    application_name: name,
    max: connections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 10_000,
    types: numberTypes,
  });
  // An idle connection that breaks is dropped by the pool; without a listener the event would end the process.
  pool.on('error', () => undefined);
  return pool;
};
