import type { EventLog, StoredEvent } from '@agon/event-store';
import type { Conclusion } from './decided.ts';

/** Causes between an input and an event, at most: an input's own consequences have one. */
export const MAX_DEPTH = 8;
/** Events of one correlation that may have consequences, counted from the one that began the cascade. */
export const MAX_EVENTS = 256;

/** Type of the event that tells of a cut; its data is that of the contracts. */
const CASCADE_CUT = 'CascadeCut';

/** The limit that a cascade has reached: its depth, or the number of its events. */
export type CascadeLimit = 'depth' | 'events';

/** Position of the event that the message goes back to: an input, or a model's result, which begins a new count. */
export const startOf = ({ position, metadata }: StoredEvent): number =>
  metadata.depth === 0 ? position : (metadata.cascadeStart ?? 1);

/**
 * The limit that forbids the message any consequences, if one does. A function of the log up to the message, so that a
 * redelivery and a replay find the same.
 */
export const limitReached = async (log: EventLog, message: StoredEvent): Promise<CascadeLimit | undefined> => {
  const { partition, position, correlationId, metadata } = message;
  if (metadata.depth >= MAX_DEPTH) return 'depth';
  const start = startOf(message);
  // No more events of a correlation lie between two positions than there are positions: hardly a message has to count.
  if (position - start < MAX_EVENTS) return undefined;
  const events = await log.countCorrelation(partition, correlationId, start, position, MAX_EVENTS + 1);
  return events > MAX_EVENTS ? 'events' : undefined;
};

/** What may be appended of a decision, and the limit that cut it, if one did. */
export interface Limited {
  readonly concluded: readonly Conclusion[];
  readonly cut: CascadeLimit | undefined;
}

/**
 * All of a decision, or, where the message's cascade has reached a limit, one event that says so, in the first stream
 * that was decided for. A decision that does nothing but settle what was asked for is exempt.
 */
export const limited = async (
  log: EventLog,
  message: StoredEvent,
  concluded: readonly Conclusion[],
  isSettlement: (type: string) => boolean,
): Promise<Limited> => {
  const first = concluded.find(({ event }) => !isSettlement(event.type));
  const cut = first === undefined ? undefined : await limitReached(log, message);
  if (first === undefined || cut === undefined) return { concluded, cut: undefined };
  const data = {
    reason: cut,
    limit: cut === 'depth' ? MAX_DEPTH : MAX_EVENTS,
    message: message.type,
    dropped: [...new Set(concluded.map(({ event }) => event.type))],
  };
  return { concluded: [{ streamId: first.streamId, event: { type: CASCADE_CUT, data }, nth: 'cut' }], cut };
};
