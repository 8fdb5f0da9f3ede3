/** Object id of the type `jsonb`, and the version of its binary format. */
const JSONB = 3802;
const VERSION = 1;

/**
 * JSON texts as a `jsonb[]` in Postgres's binary format (`array_recv`, `jsonb_recv`), in which `pg` sends a buffer: in
 * the text format every quotation mark would be escaped here and read back there.
 */
export const jsonbArray = (texts: readonly string[]): Buffer => {
  const array = Buffer.allocUnsafe(texts.reduce((size, text) => size + 5 + Buffer.byteLength(text), 20));
  let at = 0;
  // One dimension, no nulls, the type of the elements; how many there are, from which subscript on.
  for (const field of [1, 0, JSONB, texts.length, 1]) at = array.writeInt32BE(field, at);
  for (const text of texts) {
    const bytes = array.write(text, at + 5);
    array.writeInt32BE(1 + bytes, at);
    array[at + 4] = VERSION;
    at += 5 + bytes;
  }
  return array;
};
