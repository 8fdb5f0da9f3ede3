import { FEED_TYPES, type FeedType, feedEntryOf, isOf, parseEvent } from '@agon/contracts';
import type { StoredEvent } from '@agon/event-store';
import { pongoMultiStreamProjection, rebuildPostgreSQLProjections } from '@event-driven-io/emmett-postgresql';
import { type EmmettEvent, openEmmett } from '../append/emmett.ts';

/** Events of one append while the store is filled. */
const CHUNK = 100;
/** The best of those that were tried; its default is 100. */
const BATCH = 1_000;

interface FeedDocument {
  _id?: string;
  entry: object | null;
  [key: string]: unknown;
}

/** The same log as streams of emmett; each event carries ours whole, so that the projection can do the same with it. */
export async function fillEmmett(url: string, events: readonly StoredEvent[]): Promise<void> {
  const streams = Map.groupBy(events, ({ streamId }) => streamId);
  const store = await openEmmett(url);
  try {
    // One after the other: after appends side by side, its consumer passes over some.
    for (const [stream, all] of streams) {
      for (let from = 0; from < all.length; from += CHUNK) {
        const batch = all
          .slice(from, from + CHUNK)
          .map((event): EmmettEvent => ({ type: event.type, data: { event }, metadata: {} }));
        await store.appendToStream(stream, batch);
      }
    }
  } finally {
    await store.close();
  }
}

const storedIn = ({ data }: { readonly data: { readonly event?: unknown } }): StoredEvent => {
  const { event }: { event?: StoredEvent } = JSON.parse(JSON.stringify(data));
  if (event === undefined) throw new Error('the event does not carry ours');
  return event;
};

const isFeedEvent = ({ type }: StoredEvent): boolean => FEED_TYPES.some((name) => name === type);

/**
 * Rebuilds the same feed as documents of emmett: one per event, made by the same function from the same data.
 * @param events all that the store was filled with
 * @param name of the collection; a new one each time, since a second rebuild of the same goes on where the first ended
 * @returns events per second
 * @throws Error when it passed over some
 */
export async function rebuildEmmett(url: string, events: readonly StoredEvent[], name: string): Promise<number> {
  let folded = 0;
  const projection = pongoMultiStreamProjection<FeedDocument, EmmettEvent>({
    collectionName: name,
    canHandle: [...FEED_TYPES],
    getDocumentId: (event) => {
      const { storyId, position } = storedIn(event);
      return `${storyId}-${position}`;
    },
    initialState: () => ({ entry: null }),
    evolve: (document: FeedDocument, event: EmmettEvent) => {
      folded += 1;
      const parsed = parseEvent(storedIn(event));
      return isOf<FeedType>(parsed, FEED_TYPES) ? { ...document, entry: feedEntryOf(parsed) } : document;
    },
  });
  const consumer = rebuildPostgreSQLProjections({
    connectionString: url,
    projections: [projection],
    pulling: { batchSize: BATCH },
  });
  const began = performance.now();
  try {
    await consumer.start();
  } finally {
    await consumer.close();
  }
  const seconds = (performance.now() - began) / 1000;
  const expected = events.filter(isFeedEvent).length;
  if (folded !== expected) throw new Error(`emmett folded ${folded} of ${expected} events of the feed`);
  return events.length / seconds;
}
