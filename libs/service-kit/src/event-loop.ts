import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Sample } from './metrics.ts';

/** How often the delay is looked at, in milliseconds. */
const RESOLUTION_MS = 10;
const NS_PER_S = 1e9;

/**
 * Watches how long the process keeps others waiting. The returned function tells p50, p99 and the longest delay since it was
 * called before, in seconds.
 */
export const watchEventLoop = (): (() => Sample[]) => {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  // The histogram holds the whole time from one look to the next, of which all but the look's own interval is delay.
  const seconds = (nanoseconds: number): number =>
    Math.max(0, (Number.isFinite(nanoseconds) ? nanoseconds : 0) / NS_PER_S - RESOLUTION_MS / 1_000);
  return () => {
    const samples = [
      { labels: { quantile: '0.5' }, value: seconds(delays.percentile(50)) },
      { labels: { quantile: '0.99' }, value: seconds(delays.percentile(99)) },
      { labels: { quantile: '1' }, value: seconds(delays.max) },
    ];
    delays.reset();
    return samples;
  };
};
