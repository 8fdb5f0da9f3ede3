import { USUAL_MODEL_MS } from './call-sites.ts';
import type { Call } from './calls.ts';
import { percentile, rounded } from './figures.ts';

/** What the same calls would have taken if each model call were awaited before the answer. Milliseconds. */
export interface Blocking {
  readonly p50: number;
  readonly total: number;
}

/**
 * Milliseconds of one model call.
 * @param seen times of calls that brought a text; without any, the simulated model's usual time counts
 */
export const modelTime = (seen: readonly number[]): number =>
  seen.length === 0 ? USUAL_MODEL_MS : rounded(percentile(seen, 0.5));

/** @param modelMs of one model call */
export function blockingOf(calls: readonly Call[], modelMs: number): Blocking {
  const waits = calls.map(({ modelCalls = 0 }) => modelCalls * modelMs);
  return { p50: rounded(percentile(waits, 0.5)), total: rounded(waits.reduce((sum, wait) => sum + wait, 0)) };
}

/** For a person: the player's waiting there and here. */
export function blockingLine({ p50, total }: Blocking, fastMs: number): string {
  const [each, all] = [(p50 / 1000).toFixed(1), (total / 1000).toFixed(0)];
  return (
    `The blocking design would have kept the player waiting ${each} s per call (median), ${all} s in all;` +
    ` here: p50 ${fastMs.toFixed(1)} ms.`
  );
}
