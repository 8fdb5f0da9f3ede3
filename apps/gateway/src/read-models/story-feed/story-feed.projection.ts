import {
  FEED_TYPES,
  type EventOf,
  type FeedType,
  type WireFeedEntry,
  feedEntryOf,
  isOf,
  parseEvent,
} from '@agon/contracts';
import { defineProjection } from '@agon/projections';

/** A row of the feed: one log event that players may see, never changed after. */
export interface FeedRow {
  entry: WireFeedEntry | null;
}

/** The story feed. Its ids are log positions: the same on every replica and after any rebuild. */
export const storyFeed = defineProjection<FeedRow, EventOf>({
  name: 'story-feed',
  version: 2,
  feed: true,
  handles: FEED_TYPES,
  parse: parseEvent,
  key: ({ position }) => String(position),
  initial: () => ({ entry: null }),
  evolve: (row, event) => (isOf<FeedType>(event, FEED_TYPES) ? { entry: feedEntryOf(event) } : row),
});
