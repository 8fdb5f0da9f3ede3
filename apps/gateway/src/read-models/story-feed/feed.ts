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
    const { nats, projections } = this.runtime;
    projections.onAdvanced((partition) => {
      this.tell(partition);
      if (!nats.isClosed()) nats.publish(feedSubject(partition));
    });
    nats.subscribe(FEED_WILDCARD, {
      callback: (error, message) => {
        if (error === null) this.tell(Number(message.subject.split('.')[1]));
      },
    });
  }

  /** Entries of the story after the position, in order, at most `limit`. */
  async read(storyId: string, after: number, limit: number): Promise<WireFeedEntry[]> {
    const rows = readModel(this.runtime.dataSource, 'gateway', storyFeed);
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
