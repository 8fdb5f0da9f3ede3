import {
  type EventOf,
  type EventType,
  FEED_TYPES,
  answerOf,
  eventSchemas,
  examples,
  feedEntryOf,
  isEventType,
  isOf,
  parseEvent,
  schemaVersionOf,
} from '@agon/contracts';

/** Enough for the engine to compile what is called for every request. */
const ROUNDS = 20;

/** Reads, merges and shows one event of each type before the first player comes: nobody waits for the schemas. */
export function rehearse(): void {
  for (let round = 0; round < ROUNDS; round += 1) {
    const events = Object.keys(eventSchemas)
      .filter(isEventType)
      .map((type, at) => exampleOf(type, at + 1));
    answerOf('p0_rehearsal', events, []);
    for (const event of events) if (isOf(event, FEED_TYPES)) feedEntryOf(event);
  }
}

const exampleOf = (type: EventType, position: number): EventOf =>
  parseEvent({
    partition: 0,
    position,
    streamId: 'game-p0_rehearsal',
    version: position,
    eventId: `rehearsal-${position}`,
    storyId: 'p0_rehearsal',
    correlationId: 'rehearsal-1',
    type,
    schemaVersion: schemaVersionOf(type),
    data: examples[type],
    metadata: { game: 'local', source: 'game', depth: 0 },
    recordedAt: new Date(0).toISOString(),
  });
