import { randomUUID } from 'node:crypto';
import type { EventLog, EventMetadata, JsonObject, StoredEvent } from '@agon/event-store';

export const storyIn = (partition: number, name = 'one'): string => `p${partition}_${name}`;

export interface Input {
  partition?: number;
  story?: string;
  type?: string;
  data?: JsonObject;
  metadata?: Partial<EventMetadata>;
}

/** Appends one input of the game, as the gateway does, and returns it as stored. */
export const appendInput = async (log: EventLog, input: Input = {}): Promise<StoredEvent> => {
  const { partition = 0, story = 'one', type = 'Counted', data = { by: 1 }, metadata } = input;
  const storyId = storyIn(partition, story);
  const eventId = randomUUID();
  const outcome = await log.append({
    partition,
    service: 'gateway',
    storyId,
    correlationId: eventId,
    expected: new Map(),
    events: [
      {
        streamId: `game-${storyId}`,
        eventId,
        type,
        schemaVersion: 1,
        data,
        metadata: { game: 'local', source: 'game', depth: 0, ...metadata },
      },
    ],
  });
  const [stored] = outcome.outcome === 'appended' ? outcome.events : [];
  if (stored === undefined) throw new Error(`the input was not stored: ${outcome.outcome}`);
  return stored;
};
