/** Waits `milliseconds`, or less when the signal fires; never rejects. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });

export interface BackOff {
  /** First wait, in milliseconds. */
  first: number;
  /** Longest wait, in milliseconds. */
  longest: number;
}

/**
 * How long to wait after the nth failure (from 1): doubling, and spread over the upper half, so that many partitions
 * that failed together don't come back together.
 */
export const waitAfter = (failures: number, { first, longest }: BackOff): number => {
  const ceiling = Math.min(longest, first * 2 ** Math.min(failures - 1, 20));
  return ceiling * (0.5 + Math.random() / 2);
};
