import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { DraftSender } from '../drafts/draft-sender.ts';
import type { Drafts } from '../drafts/drafts.ts';
import type { Feed } from '../read-models/story-feed/feed.ts';

const BATCH = 200;
/** A comment, so that proxies keep the connection open. */
const HEARTBEAT_MS = 15_000;
/** The net under lost wakes. */
const NET_MS = 1_000;

export interface FeedStream {
  readonly feed: Pick<Feed, 'read' | 'follow'>;
  readonly drafts: Pick<Drafts, 'follow'>;
  readonly storyId: string;
  /** The position of the last entry that the client has. */
  readonly after: number;
  readonly response: ServerResponse;
  readonly ending: AbortSignal;
}

/**
 * Sends the story's feed as server-sent events: first what came after the position, then all that comes, until the
 * client leaves or the gateway ends. Drafts come between the entries as they arrive. A slow client is waited for:
 * nothing piles up in memory.
 */
export async function streamFeed({ feed, drafts, storyId, after, response, ending }: FeedStream): Promise<void> {
  const gone = new AbortController();
  const left = gone.signal;
  // Not AbortSignal.any: what it makes is kept for as long as the gateway lives.
  const leave = (): void => gone.abort();
  response.once('close', leave);
  ending.addEventListener('abort', leave);
  if (ending.aborted) leave();
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  response.write('retry: 2000\n\n');
  const wakes = new Wakes();
  const unfollow = feed.follow(storyId, () => wakes.wake());
  const sender = new DraftSender(response);
  const unfollowDrafts = drafts.follow(storyId, (draft) => sender.offer(draft));
  const heartbeat = setInterval(() => response.write(': \n\n'), HEARTBEAT_MS);
  const net = setInterval(() => wakes.wake(), NET_MS);
  left.addEventListener('abort', () => wakes.wake());
  try {
    let cursor = after;
    while (!left.aborted) {
      const entries = await feed.read(storyId, cursor, BATCH);
      for (const entry of entries) {
        sender.passing(entry);
        const message = `id: ${entry.position}\nevent: ${entry.type}\ndata: ${JSON.stringify(entry)}\n\n`;
        if (!response.write(message)) await once(response, 'drain', { signal: left }).catch(() => undefined);
        cursor = entry.position;
        if (left.aborted) return;
      }
      if (entries.length < BATCH) await wakes.next();
    }
  } finally {
    ending.removeEventListener('abort', leave);
    unfollow();
    unfollowDrafts();
    sender.stop();
    clearInterval(heartbeat);
    clearInterval(net);
    response.end();
  }
}

/** A wake that comes while nobody waits is kept for the next wait. */
class Wakes {
  private pending = false;
  private waiter: (() => void) | undefined;

  wake(): void {
    this.pending = true;
    this.waiter?.();
  }

  async next(): Promise<void> {
    if (!this.pending) {
      await new Promise<void>((resolve) => {
        this.waiter = resolve;
      });
    }
    this.pending = false;
    this.waiter = undefined;
  }
}
