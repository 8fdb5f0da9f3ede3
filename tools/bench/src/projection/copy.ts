import { CATEGORY_OWNERS } from '@agon/contracts';
import { type AppendRequest, type NewEvent, type StoredEvent, categoryOf } from '@agon/event-store';
import type { BenchStory } from '../stories.ts';

/** Events of one append, at most. */
const CHUNK = 50;

const owners = new Map<string, string>(Object.entries(CATEGORY_OWNERS));

const ownerOf = (streamId: string): string => {
  const owner = owners.get(categoryOf(streamId));
  if (owner === undefined) throw new Error(`nobody owns the category of stream ${streamId}`);
  return owner;
};

/**
 * The appends that copy a story, in its order: each takes neighbours that one service may append. Data never name their
 * story, so only the streams' names change. Marked as copies: read models fold them, services let them pass.
 */
export function copyOf(events: readonly StoredEvent[], { storyId, partition }: BenchStory): AppendRequest[] {
  const appends: { service: string; correlationId: string; events: NewEvent[] }[] = [];
  for (const { eventId, type, schemaVersion, data, metadata, correlationId, ...event } of events) {
    const streamId = event.streamId.replace(event.storyId, storyId);
    const service = ownerOf(streamId);
    const last = appends.at(-1);
    const copy = { streamId, eventId, type, schemaVersion, data, metadata: { ...metadata, copied: true } };
    const fits = last?.service === service && last.correlationId === correlationId && last.events.length < CHUNK;
    if (fits) last.events.push(copy);
    else appends.push({ service, correlationId, events: [copy] });
  }
  return appends.map((append) => ({ ...append, partition, storyId, expected: new Map() }));
}
