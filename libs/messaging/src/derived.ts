import { v5 as uuid5 } from 'uuid';
import type { EventMetadata, NewEvent, StoredEvent } from '@agon/event-store';
import { startOf } from './cascade.ts';
import type { Decided } from './decided.ts';

/** Metadata that the message hands on to everything that a service decides because of it. */
export const deriveMetadata = (message: StoredEvent, service: string, engine?: string): EventMetadata => {
  const { game, source, inputSequence, depth, seed, contentPack, traceparent, replyTo } = message.metadata;
  return {
    game,
    source: service,
    causationId: message.eventId,
    inputSequence: source === 'game' ? message.version : inputSequence,
    depth: depth + 1,
    cascadeStart: startOf(message),
    seed,
    contentPack,
    traceparent,
    engine,
    // Only direct consequences answer the call; what follows from them comes on the feed.
    replyTo: depth === 0 ? replyTo : undefined,
  };
};

/**
 * An event that a service decides for a message. A retry derives the same id, which makes it harmless.
 *
 * @param nth which of them it is: "0", "1" …
 * @param schemaVersion in which events of its type are written today.
 */
export const deriveEvent = (
  message: StoredEvent,
  metadata: EventMetadata,
  streamId: string,
  decided: Decided,
  nth: string,
  schemaVersion: number,
): NewEvent => ({
  streamId,
  eventId: uuid5(`${metadata.source}/${nth}`, message.eventId),
  type: decided.type,
  schemaVersion,
  data: decided.data,
  metadata: decided.because === undefined ? metadata : { ...metadata, because: [...decided.because] },
});
