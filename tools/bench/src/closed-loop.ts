import { setTimeout as delay } from 'node:timers/promises';

export interface ClosedLoop {
  readonly writers: number;
  /** How long is counted. */
  readonly milliseconds: number;
  /** Before counting begins: connections open, caches fill. */
  readonly leadInMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writers that each begin anew as soon as they are done: throughput at a concurrency.
 * @param write does one piece of work of a writer, from 0 on
 * @returns pieces per second, of those that ended while it was counted
 * @throws the first error of any writer
 */
export async function closedLoop(
  { writers, milliseconds, leadInMs = 200, signal }: ClosedLoop,
  write: (writer: number) => Promise<void>,
): Promise<number> {
  const began = performance.now();
  const [from, to] = [began + leadInMs, began + leadInMs + milliseconds];
  let done = 0;
  const ended = new AbortController();
  const work = async (writer: number): Promise<void> => {
    while (!ended.signal.aborted && performance.now() < to) {
      signal?.throwIfAborted();
      await write(writer);
      const now = performance.now();
      if (now >= from && now < to) done += 1;
    }
  };
  const all = Array.from({ length: writers }, async (_, writer) => {
    try {
      await work(writer);
    } catch (error) {
      ended.abort();
      throw error;
    }
  });
  const results = await Promise.allSettled(all);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  // What is still under way in the servers belongs to this round.
  await delay(20);
  return done / (milliseconds / 1000);
}
