import { percentile } from '@agon/stack';

/** One of the things that are measured side by side. */
export interface Contender<Sample> {
  readonly name: string;
  /** Measures once. */
  readonly measure: () => Promise<Sample>;
}

export interface Rounds {
  readonly count: number;
  /** Rounds before the first that counts. */
  readonly warmUps?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Measures every contender once per round, so that whatever else the machine does in a minute falls on all of them. Each
 * round begins with another one: none always runs on what the same one left behind.
 * @returns the samples by contender, without the warm-up rounds
 */
export async function interleaved<Sample>(
  contenders: readonly Contender<Sample>[],
  { count, warmUps = 1, signal }: Rounds,
): Promise<Map<string, Sample[]>> {
  const samples = new Map(contenders.map(({ name }): [string, Sample[]] => [name, []]));
  for (let round = 0; round < warmUps + count; round += 1) {
    for (const at of contenders.keys()) {
      const contender = contenders[(at + round) % contenders.length];
      if (contender === undefined) continue;
      signal?.throwIfAborted();
      const sample = await contender.measure();
      if (round >= warmUps) samples.get(contender.name)?.push(sample);
    }
  }
  return samples;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Median with the smallest and the largest; of an even number, the lower middle one. 0 of none. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { median: 0, min: 0, max: 0 };
  return { median: percentile(values, 0.5), min: Math.min(...values), max: Math.max(...values) };
}

/** Quotients of each round, so that a slow round is slow for both: `[ours / theirs]`. */
export const ratios = (ours: readonly number[], theirs: readonly number[]): number[] =>
  ours.flatMap((value, n) => {
    const other = theirs[n];
    return other === undefined || other === 0 ? [] : [value / other];
  });
