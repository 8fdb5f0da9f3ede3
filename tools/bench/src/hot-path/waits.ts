import { random } from '@agon/narrative';

/**
 * Waits that are exponentially distributed, as between the arrivals of people who know nothing of one another.
 * @param meanMs 0 for no waits at all
 * @param seed a whole number of at least 0; equal seeds give equal waits
 */
export function exponentialWaits(meanMs: number, seed: number): () => number {
  const draws = random({ storySeed: 'hot-path', inputSequence: seed, stream: 'waits', n: 0 });
  return () => -meanMs * Math.log(1 - draws.next());
}

/** When calls are due within a time, in milliseconds after its begin: a Poisson process of so many per second. */
export function arrivals(ratePerSecond: number, durationMs: number, seed: number): number[] {
  const wait = exponentialWaits(1000 / ratePerSecond, seed);
  const due: number[] = [];
  for (let at = wait(); at < durationMs; at += wait()) due.push(at);
  return due;
}
