import type { StoredEvent } from '@agon/event-store';
import { Caller } from '../hot-path/caller.ts';
import { Story, toldIn } from '../hot-path/story.ts';

export interface Recording {
  readonly gatewayUrl: string;
  readonly stories: number;
  /** Calls of each story after its beginning. */
  readonly calls: number;
  readonly signal: AbortSignal;
}

/** Plays stories side by side, each call after the answer to the one before. */
export async function playStories({ gatewayUrl, stories, calls, signal }: Recording): Promise<void> {
  const caller = new Caller(gatewayUrl);
  try {
    await Promise.all(
      Array.from({ length: stories }, async (_, n) => {
        const story = await Story.open(caller, { name: `recorded-${n}`, offset: n });
        for (let made = 0; made < calls; made += 1) {
          signal.throwIfAborted();
          const call = story.next();
          story.ended(call, toldIn(await caller.must(call)));
        }
      }),
    );
  } finally {
    caller.close();
  }
}

/** The stories of a log, each with its events in order. */
export function byStory(events: readonly StoredEvent[]): StoredEvent[][] {
  const stories = new Map<string, StoredEvent[]>();
  for (const event of events) {
    const story = stories.get(event.storyId);
    if (story === undefined) stories.set(event.storyId, [event]);
    else story.push(event);
  }
  return [...stories.values()];
}
