import { rounded } from '@agon/stack';
import type { Times } from './spread.ts';

/** Calls per second that were tried, and whether they were held. */
export interface Tried {
  readonly rate: number;
  readonly held: boolean;
}

/** A rate is held when 99 of 100 calls are answered in full within this, in milliseconds. */
export const LIMIT_MS = 200;

export const isHeld = ({ count, p99 }: Times): boolean => count > 0 && p99 <= LIMIT_MS;

/** Steps by which the search climbs until a rate is not held. */
const CLIMB = 1.5;
/** The search ends when the lowest rate that was not held is within this of the highest that was. */
const CLOSE = 1.1;

/** The next rate to try; undefined when the search is over. Climbs, then halves the gap. */
export function nextRate(tried: readonly Tried[], first: number): number | undefined {
  if (tried.length === 0) return first;
  const best = bestOf(tried);
  const failed = Math.min(...tried.filter(({ held }) => !held).map(({ rate }) => rate));
  if (failed === Infinity) return rounded(best * CLIMB);
  if (best === 0) return failed < 5 ? undefined : rounded(failed / 2);
  return failed / best <= CLOSE ? undefined : rounded((best + failed) / 2);
}

/** The highest rate that was held below every rate that was not; 0 when none was. */
export function bestOf(tried: readonly Tried[]): number {
  const failed = Math.min(...tried.filter(({ held }) => !held).map(({ rate }) => rate));
  return Math.max(0, ...tried.filter(({ held, rate }) => held && rate < failed).map(({ rate }) => rate));
}
