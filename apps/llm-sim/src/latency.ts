import type { Random } from './random.ts';

/** Of the logarithm of the whole time: one call in twenty takes longer than 1.78 medians. */
export const SIGMA = 0.35;
/** Part of the whole time that passes before the first token. */
export const FIRST_TOKEN = 0.35;
/** A stream brings its text in this many pieces, fewest and most. */
export const PIECES = [8, 12] as const;

/** Milliseconds that one answer takes: lognormal around the median. */
export function totalMs(medianMs: number, random: Random): number {
  // Box and Muller; 1 - next() is never 0, whose logarithm is not a number to work with.
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return medianMs * Math.exp(SIGMA * normal);
}

/** Cuts a text into the pieces of a stream; joined they are the text. */
export function piecesOf(text: string, random: Random): string[] {
  const size = Math.max(1, Math.ceil(text.length / random.between(...PIECES)));
  // One at least, though it be empty: a stream has its beginning in any case.
  return Array.from({ length: Math.max(1, Math.ceil(text.length / size)) }, (_, n) =>
    text.slice(n * size, (n + 1) * size),
  );
}
