import { z } from 'zod';
import { eventSchemas } from './events.ts';
import type { EventOf, EventType } from './events.ts';
import { Item, itemsOf } from './items.ts';
import { SETTLEMENT_TYPES } from './refinements.ts';

/** What players may see: the facts and what became of refinements, never inputs, refusals or anything internal. */
export const FEED_TYPES = [
  'ConflictCreated',
  'ChoiceApplied',
  'ActApplied',
  'ConflictResolved',
  'FlowInitialized',
  'FlowAdjusted',
  'TensionChanged',
  'PhaseTransitioned',
  'DramaticBeatOccurred',
  'TensionBreakingPoint',
  'SceneTensionRead',
  'StakeholderJoined',
  'StressChanged',
  'StakeholderReacted',
  'RoleAdapted',
  'StakeholderWithdrew',
  'StakeholdersReleased',
  'BehavioursHinted',
  'GossipStarted',
  'ReputationChanged',
  ...SETTLEMENT_TYPES,
] as const satisfies readonly EventType[];
export type FeedType = (typeof FEED_TYPES)[number];

/** One entry of the story feed; `position` is its id for `Last-Event-ID` and `after`. */
export type FeedEntry = {
  [K in FeedType]: { position: number; type: K; data: EventOf<K>['data']; items: Item[] };
}[FeedType];

export const isFeedType = (type: string): type is FeedType => FEED_TYPES.some((known) => known === type);

/** The entry that players get for the event. */
export const feedEntryOf = (event: EventOf<FeedType>): WireFeedEntry => ({
  position: event.position,
  type: event.type,
  data: event.data,
  items: itemsOf(event),
});

/** A feed entry as it travels; `readFeedEntry` gives it its type back. */
export const WireFeedEntry = z
  .object({
    position: z.int().min(1),
    type: z.enum(FEED_TYPES),
    data: z.record(z.string(), z.unknown()),
    items: z.array(Item),
  })
  .meta({ id: 'FeedEntry' });
export type WireFeedEntry = z.infer<typeof WireFeedEntry>;

const isFeedEntry = (entry: WireFeedEntry): entry is FeedEntry & WireFeedEntry =>
  eventSchemas[entry.type].safeParse(entry.data).success;

/** Checks an entry that came over the wire. Throws on data that does not fit its type. */
export function readFeedEntry(value: unknown): FeedEntry {
  const entry = WireFeedEntry.parse(value);
  if (!isFeedEntry(entry)) throw new TypeError(`feed entry ${entry.position}: data does not fit ${entry.type}`);
  return entry;
}

export const FeedPage = z
  .object({ entries: z.array(WireFeedEntry), next: z.int().min(0).describe('Pass as `after` to read on') })
  .meta({ id: 'FeedPage' });
