import { UnstorableError } from './append-errors.ts';

// oxlint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;

/** In JSON text: an escaped zero character or half of a surrogate pair, but not a backslash before such letters. */
const UNSTORABLE_TEXT = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

const byText = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : Number(a > b));

const byBytes = (a: string, b: string): number =>
  Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The order in which `jsonb` keeps the keys of an object: by length in UTF-8, then by bytes. */
const inStoredOrder = (keys: string[]): string[] =>
  // Nearly all keys: a character is a byte, and texts compare as their bytes do.
  keys.sort(keys.every((key) => ASCII.test(key)) ? byText : byBytes);

const OWN = { enumerable: true, writable: true, configurable: true };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Sets a property of its own whatever the key: assigning to `__proto__` would set something else. */
const setField = (object: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__') Object.defineProperty(object, key, { value, ...OWN });
  else object[key] = value;
};

/**
 * A copy as `jsonb` returns it, so that an event is byte for byte the same in the answer to an append, in a later read,
 * and in a message, whether it was published at once or refilled from the log: keys in its order, no undefined, no -0.
 * Throws UnstorableError on numbers that JSON can't hold (NaN, ∞) and on what is not plain JSON, as a Date.
 */
export function storedForm<Value>(value: Value): Value;
export function storedForm(value: unknown): unknown {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new UnstorableError(`${value} is not a JSON number`);
    return value + 0;
  }
  if (Array.isArray(value)) return value.map((element: unknown) => storedForm(element ?? null));
  if (!isObject(value)) return value;
  if (typeof value['toJSON'] === 'function') throw new UnstorableError('an object with toJSON is not plain JSON');
  const form: Record<string, unknown> = {};
  for (const key of inStoredOrder(Object.keys(value))) {
    if (value[key] !== undefined) setField(form, key, storedForm(value[key]));
  }
  return form;
}

/** The JSON text of a stored form. Throws UnstorableError on what `jsonb` can't hold: `\u0000`, lone surrogates. */
export const storedJson = (form: object): string => {
  const json = JSON.stringify(form);
  if (json.includes('\\u') && UNSTORABLE_TEXT.test(json)) {
    throw new UnstorableError('text with a zero character or half a surrogate pair cannot be stored');
  }
  return json;
};

/** Free text for a `text` column, which can't hold a zero character. */
export const storedText = (text: string): string => text.replaceAll('\0', '');
