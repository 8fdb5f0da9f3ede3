import { setTimeout as delay } from 'node:timers/promises';

export interface Waiting {
  /** Milliseconds after which waiting ends. */
  readonly timeout: number;
  /** Milliseconds between two looks. */
  readonly interval?: number;
  /** Ends the waiting early: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks at `check` until it answers true.
 * @returns whether it did so in time
 * @throws what `check` throws, or the signal's reason
 */
export async function waitUntil(check: () => boolean | Promise<boolean>, waiting: Waiting): Promise<boolean> {
  const end = performance.now() + waiting.timeout;
  for (;;) {
    waiting.signal?.throwIfAborted();
    if (await check()) return true;
    if (performance.now() >= end) return false;
    await delay(waiting.interval ?? 10);
  }
}
