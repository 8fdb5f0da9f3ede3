import { FEED_WILDCARD, type WireFeedEntry, feedSubject, partitionOf } from '@agon/contracts';
import { readModel } from '@agon/projections';
import { StoryRuntime } from '@agon/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { storyFeed } from './story-feed.projection.ts';

/** Reads the feed and tells when a partition of it has advanced, whichever gateway has folded it. */
@Injectable()
export class Feed implements OnModuleInit {
  private readonly listeners = new Map<number, Set<() => void>>();

  constructor(private readonly runtime: StoryRuntime) {}

  onModuleInit(): void {
    const { nats, projections } = this.runtime.parts;
    projections.onAdvanced((partition) => {
      this.tell(partition);
      if (!nats.isClosed()) nats.publish(feedSubject(partition));
    });
    // Whatever is stored in STORY_<p> passes here too; the host's own look at the heads is the net.
    nats.subscribe('story.*.>', {
      callback: (error, message) => {
        if (error === null) projections.wake(Number(message.subject.split('.')[1]));
      },
    });
    nats.subscribe(FEED_WILDCARD, {
      callback: (error, message) => {
        if (error === null) this.tell(Number(message.subject.split('.')[1]));
      },
    });
  }

  /** Entries of the story after the position, in order, at most `limit`. */
  async read(storyId: string, after: number, limit: number): Promise<WireFeedEntry[]> {
    const rows = readModel(this.runtime.parts.dataSource, 'gateway', storyFeed);
    const docs = await rows.feed(partitionOf(storyId), storyId, after, limit);
    return docs.flatMap(({ doc }) => (doc.entry === null ? [] : [doc.entry]));
  }

  /** Calls `advanced` whenever the story's partition has moved on, until the returned function is called. */
  follow(storyId: string, advanced: () => void): () => void {
    const partition = partitionOf(storyId);
    const listeners = this.listeners.get(partition) ?? new Set();
    this.listeners.set(partition, listeners.add(advanced));
    return () => {
      listeners.delete(advanced);
    };
  }

  private tell(partition: number): void {
    for (const advanced of this.listeners.get(partition) ?? []) advanced();
  }
}
