import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** What a decision's randomness depends on, and nothing else: equal seeds give equal draws on every machine. */
export interface RandomSeed {
  /** Chosen when the story is created. */
  readonly storySeed: string;
  /** The ordinal, in its story, of the input that all this goes back to. */
  readonly inputSequence: number;
  /** Category and local id of the deciding stream, never the story id: a fork must draw as its origin did. */
  readonly stream: string;
  /** Tells apart several decisions of one stream under one input. */
  readonly n: number;
}

/** A sequence of draws. It has state: hand it to one decision, and draw in a fixed order. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number in 0..n-1. @throws RangeError unless n is a whole number of at least 1. */
  int(n: number): number;
  /** One of the items. @throws RangeError when there are none. */
  pick<T>(items: readonly T[]): T;
  /** True with probability p; always takes one draw. @throws RangeError when p is NaN. */
  chance(p: number): boolean;
  /** The items in random order, as a new array. */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * Seeded randomness: xoroshiro128+ whose state is the first 128 bits of SHA-256 over the seed's parts.
 * @throws RangeError unless inputSequence and n are whole numbers of at least 0.
 */
export const random = (seed: RandomSeed): Random => {
  const generator = xoroshiro128plusFromState(stateOf(seed));
  const int = (n: number): number => {
    if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`expected a whole number of at least 1, found ${n}`);
    return uniformInt(generator, 0, n - 1);
  };
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError('there is nothing to pick from');
    const item = items[int(items.length)];
    if (item === undefined) throw new RangeError('the picked item is undefined');
    return item;
  };
  return {
    next: () => uniformFloat64(generator),
    int,
    pick,
    chance: (p) => {
      if (Number.isNaN(p)) throw new RangeError('expected a probability, found NaN');
      return uniformFloat64(generator) < p;
    },
    shuffle: (items) => {
      const left = [...items];
      return items.flatMap(() => left.splice(int(left.length), 1));
    },
  };
};

const stateOf = ({ storySeed, inputSequence, stream, n }: RandomSeed): number[] => {
  for (const [name, value] of Object.entries({ inputSequence, n })) {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`${name}: expected a whole number of at least 0, found ${value}`);
  }
  // A JSON array is canonical: no choice of parts can be mistaken for another one.
  const hash = createHash('sha256')
    .update(JSON.stringify([storySeed, inputSequence, stream, n]))
    .digest();
  return [0, 4, 8, 12].map((offset) => hash.readInt32BE(offset));
};
