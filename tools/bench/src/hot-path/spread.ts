import { percentile, rounded } from '@agon/stack';
import type { CallKind, Sample } from './calls.ts';
import { PATIENCE_MS } from './caller.ts';

/** How long calls took, in milliseconds. */
export interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  /** Share of the calls that were not answered in full, 0..1. */
  readonly lacking: number;
}

/** What counts for a call that was not answered in full, in milliseconds: as long as anyone waits. */
export const NEVER_MS = PATIENCE_MS;

/** The times of samples; an answer that lacked a part counts as if it had never come. */
export function timesOf(samples: readonly Sample[]): Times {
  const times = samples.map(({ ms, outcome }) => (outcome === 'complete' ? ms : NEVER_MS));
  const lacking = samples.filter(({ outcome }) => outcome !== 'complete').length;
  return {
    count: times.length,
    p50: rounded(percentile(times, 0.5)),
    p99: rounded(percentile(times, 0.99)),
    lacking: times.length === 0 ? 0 : lacking / times.length,
  };
}

export const ofKind = (samples: readonly Sample[], kind: CallKind): Sample[] =>
  samples.filter((sample) => sample.kind === kind);

const shown = (ms: number): string => (ms < NEVER_MS ? ms.toFixed(1) : 'never');

/** `12.3 / 45.6`: p50 and p99. */
export const cell = ({ count, p50, p99 }: Times): string => (count === 0 ? '' : `${shown(p50)} / ${shown(p99)}`);
