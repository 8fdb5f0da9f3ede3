import { AgonClient, initialFeedState, reduceFeed } from '@agon/client';
import { FEED_TYPES, type FeedEntry, feedEntryOf, isOf, parseEvent } from '@agon/contracts';
import { type History, type LoggedEvent, canonical, storiesOf, storyOf } from './history.ts';

/** What players may see of a story, as the feed would carry it. */
export const visibleOf = (events: readonly LoggedEvent[]) =>
  events.map(parseEvent).flatMap((event) => (isOf(event, FEED_TYPES) ? [feedEntryOf(event)] : []));

/** Every page of a story's feed. */
export async function readFeed(client: AgonClient, storyId: string, limit = 1000): Promise<FeedEntry[]> {
  const entries: FeedEntry[] = [];
  for (let after = 0; ;) {
    const page = await client.feed(storyId, { after, limit });
    if (page.entries.length === 0) return entries;
    entries.push(...page.entries);
    after = page.next;
  }
}

/** At every gateway, each story's feed is its visible events, and its state what a client reduces the feed to. */
export async function seenByPlayers(urls: readonly string[], history: History): Promise<string[]> {
  const breaches: string[] = [];
  for (const storyId of storiesOf(history)) {
    const events = storyOf(history, storyId);
    const visible = canonical(visibleOf(events));
    for (const url of urls) {
      const client = new AgonClient({ baseUrl: url });
      const feed = await readFeed(client, storyId);
      if (canonical(feed) !== visible) breaches.push(`${storyId} at ${url}: the feed is not what the log shows`);
      const { conflicts, circle } = feed.reduce(reduceFeed, initialFeedState());
      const state = await client.state(storyId, { after: events.at(-1)?.position ?? 0 });
      if (state.stale || state.missing.length > 0) {
        breaches.push(`${storyId} at ${url}: stale, lacks ${state.missing.join(', ')}`);
      }
      const [told, reduced] = [canonical([state.conflicts, state.circle]), canonical([conflicts, circle])];
      if (told !== reduced) breaches.push(`${storyId} at ${url}: state ${told}, reduced ${reduced}`);
    }
  }
  return breaches;
}
