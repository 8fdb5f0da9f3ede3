import { percentile, rounded } from '@agon/stack';
import type { Moment } from './protocol.ts';

/** One round at one rate; times in milliseconds. */
export interface Delays {
  readonly rate: number;
  readonly appended: number;
  /** Committed events that no handler saw. */
  readonly lost: number;
  readonly storedP50: number;
  readonly storedP99: number;
  readonly handlerP50: number;
  readonly handlerP99: number;
}

const NANOS_PER_MS = 1e6;

/** Delays after commit. @param skipMs events that were committed in the round's first milliseconds do not count */
export function delaysOf(
  rate: number,
  committed: readonly Moment[],
  stored: ReadonlyMap<string, number>,
  handled: readonly Moment[],
  skipMs: number,
): Delays {
  const from = Math.min(...committed.map(({ at }) => at)) + skipMs * NANOS_PER_MS;
  const counted = committed.filter(({ at }) => at >= from);
  const handledAt = new Map(handled.map(({ eventId, at }) => [eventId, at]));
  const after = (times: ReadonlyMap<string, number>): number[] =>
    counted.flatMap(({ eventId, at }) => {
      const then = times.get(eventId);
      return then === undefined ? [] : [(then - at) / NANOS_PER_MS];
    });
  const [toStored, toHandler] = [after(stored), after(handledAt)];
  return {
    rate,
    appended: committed.length,
    lost: committed.filter(({ eventId }) => !handledAt.has(eventId)).length,
    storedP50: rounded(percentile(toStored, 0.5)),
    storedP99: rounded(percentile(toStored, 0.99)),
    handlerP50: rounded(percentile(toHandler, 0.5)),
    handlerP99: rounded(percentile(toHandler, 0.99)),
  };
}
