import { FEED_TYPES, type FeedType, feedEntryOf, isOf, parseEvent } from '@agon/contracts';
import type { StoredEvent } from '@agon/event-store';
import { pongoMultiStreamProjection, rebuildPostgreSQLProjections } from '@event-driven-io/emmett-postgresql';
import { type EmmettEvent, openEmmett } from '../append/emmett.ts';

/** Events of one append while the store is filled. */
const CHUNK = 100;
const FILLERS = 8;
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
  const queue = streams.entries();
  const work = async (): Promise<void> => {
    for (const [stream, all] of queue) {
      for (let from = 0; from < all.length; from += CHUNK) {
        const batch = all.slice(from, from + CHUNK).map((event): EmmettEvent => ({
          type: event.type,
          data: { event },
          metadata: {},
        }));
        await store.appendToStream(stream, batch);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: FILLERS }, work));
  } finally {
    await store.close();
  }
}

const storedIn = ({ data }: { readonly data: { readonly event?: unknown } }): StoredEvent => {
  const { event }: { event?: StoredEvent } = JSON.parse(JSON.stringify(data));
  if (event === undefined) throw new Error('the event does not carry ours');
  return event;
};

/**
 * Rebuilds the same feed as documents of emmett: one per event, made by the same function from the same data.
 * @returns events per second
 */
export async function rebuildEmmett(url: string, count: number): Promise<number> {
  const projection = pongoMultiStreamProjection<FeedDocument, EmmettEvent>({
    collectionName: 'story_feed',
    canHandle: [...FEED_TYPES],
    getDocumentId: (event) => {
      const { storyId, position } = storedIn(event);
      return `${storyId}-${position}`;
    },
    initialState: () => ({ entry: null }),
    evolve: (document: FeedDocument, event: EmmettEvent) => {
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
  return count / ((performance.now() - began) / 1000);
}
