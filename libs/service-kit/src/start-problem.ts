import { z } from 'zod';
import { maskPasswords } from './mask.ts';

/** Of a system error: its code, and what it was about. */
const systemError = z.looseObject({
  code: z.string().optional(),
  syscall: z.string().optional(),
  address: z.string().optional(),
  port: z.number().optional(),
});

/** The deepest cause says what happened; the errors around it only where. */
const rootCause = (error: unknown): unknown => {
  if (error instanceof AggregateError && error.errors.length > 0) return rootCause(error.errors[0]);
  return error instanceof Error && error.cause instanceof Error ? rootCause(error.cause) : error;
};

const oneLine = (error: unknown): string => {
  const text = error instanceof Error && error.message !== '' ? error.message : String(error);
  return maskPasswords(text.trim().split(/\s*\n\s*/)[0] ?? text);
};

/** Why a service did not start, in one line without passwords. */
export const startProblem = (error: unknown): string => {
  const cause = rootCause(error);
  const parsed = systemError.safeParse(cause);
  const { code, syscall, address, port } = parsed.success ? parsed.data : {};
  const where = [address, port].filter((part) => part !== undefined).join(':');
  if (code === 'EADDRINUSE') return `${where} is in use by another process`;
  if (code === 'EADDRNOTAVAIL') return `${where} is not an address of this machine`;
  if (code === 'EACCES' && syscall === 'listen') return `listening on ${where} is not allowed`;
  if (code === 'ECONNREFUSED' && where !== '') return `nothing answers at ${where}`;
  // An error of our own says more than what it was made of; one that only collects others says nothing.
  return oneLine(error instanceof AggregateError ? cause : error);
};
