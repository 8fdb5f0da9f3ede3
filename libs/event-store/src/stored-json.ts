import { UnstorableError } from './append-errors.ts';

// oxlint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;

/** Order in which `jsonb` keeps the keys of an object: by length in UTF-8, then by bytes. */
const byStoredOrder = (a: string, b: string): number => {
  // Nearly all keys: a character is a byte, and texts compare as their bytes do.
  if (ASCII.test(a) && ASCII.test(b)) return a.length - b.length || (a < b ? -1 : Number(a > b));
  return Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b));
};

const checkText = (text: string): void => {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new UnstorableError('text with a zero character or half a surrogate pair cannot be stored');
  }
};

const asStored = (_key: string, value: unknown): unknown => {
  if (typeof value === 'string') checkText(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new UnstorableError(`${value} is not a JSON number`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  for (const [key] of entries) checkText(key);
  return Object.fromEntries(entries.sort(([a], [b]) => byStoredOrder(a, b)));
};

/**
 * JSON text with its keys in the order in which `jsonb` returns them, so that an event is byte for byte the same in the
 * answer to an append, in a later read, and in a message, whether it was published at once or refilled from the log.
 * Throws UnstorableError on what `jsonb` can't hold (`\u0000`, lone surrogates) and on numbers that JSON can't (NaN, ∞).
 */
export const storedJson = (value: object): string => JSON.stringify(value, asStored);

/** Free text for a `text` column, which can't hold a zero character. */
export const storedText = (text: string): string => text.replaceAll('\0', '');
