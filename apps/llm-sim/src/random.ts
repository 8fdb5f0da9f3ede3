import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A sequence of draws. It has state: draw in a fixed order. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number in from..to, both included. */
  between(from: number, to: number): number;
  /** One of the items. @throws RangeError when there are none. */
  pick<T>(items: readonly T[]): T;
}

/** Draws that depend on the parts alone: equal parts give equal draws in every run. */
export function seeded(...parts: readonly string[]): Random {
  // A JSON array is canonical: no choice of parts can be mistaken for another one.
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => hash.readInt32BE(offset)));
  const between = (from: number, to: number): number => uniformInt(generator, from, to);
  return {
    next: () => uniformFloat64(generator),
    between,
    pick: (items) => {
      const item = items.length === 0 ? undefined : items[between(0, items.length - 1)];
      if (item === undefined) throw new RangeError('there is nothing to pick from');
      return item;
    },
  };
}
