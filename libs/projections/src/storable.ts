/** A key is indexed: Postgres refuses index entries of more than a third of a page. */
const MAX_KEY_LENGTH = 512;

const isStorableText = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

const refuseOddText = (name: string, value: unknown): unknown => {
  if (!isStorableText(name) || (typeof value === 'string' && !isStorableText(value)))
    throw new Error(`the row's "${name}" holds half of a character pair or a null character`);
  return value;
};

/**
 * The row as JSON that `jsonb` takes. One row that Postgres refuses would fail the whole batch, for ever; so it is found
 * here: text with a lone surrogate (a text cut in the middle of an emoji) or a null character.
 */
export const toJson = (row: unknown): string => {
  if (typeof row !== 'object' || row === null) throw new Error('the row is not an object');
  const json = JSON.stringify(row);
  // Only odd characters are written as \uXXXX; they are rare, so the slow look at each value is too.
  if (json.includes('\\u')) JSON.stringify(row, refuseOddText);
  return json;
};

export const assertStorableKey = (key: string): void => {
  if (key.length > MAX_KEY_LENGTH || !isStorableText(key))
    throw new Error(`the row's key is longer than ${MAX_KEY_LENGTH} characters or holds odd ones`);
};
