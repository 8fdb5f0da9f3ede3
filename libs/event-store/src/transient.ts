import { PastHeadError } from './append-errors.ts';

/**
 * SQLSTATE classes and codes after which the same statement may succeed: connection (08), resources (53), operator
 * intervention (57P0x), statement time limit (57014), idle-in-transaction limit (25P03), read-only server, as during a
 * failover (25006), lock not available (55P03), serialization failure and deadlock (40001, 40P01).
 */
const SQL_STATE = /^(?:08...|53...|57P0.|57014|25P03|25006|55P03|40001|40P01)$/;

const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
]);

/** What `pg` and `pg-pool` say, without a code, when a connection is lost or none can be had in time. */
const MESSAGES =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout|timeout expired)/;

/** A connection that can't be made, whatever the reason: also a Unix socket that isn't there yet (ENOENT). */
const isConnect = (error: Error): boolean => 'syscall' in error && error.syscall === 'connect';

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined;

/**
 * Whether the same call may succeed later with nothing changed: Postgres is away, starting, stopping, overloaded, or
 * chose this transaction as a victim. Looks through `cause`, and through the parts of an AggregateError.
 */
export const isTransient = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error instanceof PastHeadError) return true;
  const code = codeOf(error);
  if (code !== undefined && (SQL_STATE.test(code) || SYSTEM_CODES.has(code))) return true;
  if (isConnect(error) || MESSAGES.test(error.message)) return true;
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isTransient);
  return isTransient(error.cause);
};
