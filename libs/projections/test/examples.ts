import type { StoredEvent } from '@agon/event-store';
import { z } from 'zod';
import { defineProjection } from '../src/index.ts';

/** An event as the log would give it; `n` is its only datum. */
export const event = (position: number, type: string, data: StoredEvent['data'] = {}, story = 'p0_a'): StoredEvent => ({
  partition: 0,
  position,
  streamId: `game-${story}`,
  version: position,
  eventId: `e${position}`,
  storyId: story,
  correlationId: 'c',
  type,
  schemaVersion: 1,
  data,
  metadata: { game: 'local', source: 'game', depth: 0 },
  recordedAt: '2026-01-01T00:00:00.000Z',
});

/** Counts events by who did them; an event that was folded twice shows. `Broken` can't be folded. */
export const counter = defineProjection({
  name: 'act-counter',
  version: 1,
  handles: ['Acted', 'Broken'],
  key: ({ data }) => (typeof data.by === 'string' ? data.by : 'nobody'),
  initial: () => ({ acts: 0, seen: '' }),
  evolve: (row, { type, position }) => {
    if (type === 'Broken') throw new Error('no such thing');
    return { acts: row.acts + 1, seen: `${row.seen}${position},` };
  },
});

const Said = z.object({ text: z.string() });

/** One row per event, typed by a schema. */
export const feed = defineProjection({
  name: 'story-feed',
  version: 1,
  feed: true,
  handles: ['Said'],
  parse: ({ position, data }) => ({ position, ...Said.parse(data) }),
  key: ({ position }) => String(position),
  initial: () => ({ text: '' }),
  evolve: (_row, { text }) => ({ text }),
});
