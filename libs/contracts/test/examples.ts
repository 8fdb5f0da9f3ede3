import { type Envelope, type EventType, eventSchemas, isEventType } from '../src/events.ts';
import { examples } from '../src/examples.ts';

export { examples };

export const eventTypes: EventType[] = Object.keys(eventSchemas).filter(isEventType);

/** An event as the log holds it: the example of its type, at the position. */
export const stored = <Type extends EventType>(type: Type, position = 1) => ({
  ...envelope(position),
  type,
  data: examples[type],
});

const envelope = (position: number): Envelope => ({
  partition: 3,
  position,
  streamId: 'game-p3_aaaaaaaaaaaaaaaa',
  version: position,
  eventId: `event-${position}`,
  storyId: 'p3_aaaaaaaaaaaaaaaa',
  correlationId: 'event-1',
  schemaVersion: 1,
  metadata: { game: 'local', source: 'game', depth: 0 },
  recordedAt: '2026-01-01T00:00:00.000Z',
});
