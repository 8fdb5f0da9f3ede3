import { type EventOf, partitionOf, reader, streamId } from '@agon/contracts';
import type { Aggregate, StreamUse } from '@agon/messaging';
import { StoryRuntime } from '@agon/service-kit';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { STORY_EVENTS, type StoryState, decider } from './story.ts';

export type KnownStory = Aggregate<StoryState>;

const CACHED_STORIES = 10_000;
const select = reader(STORY_EVENTS);

type StoryUse = StreamUse<StoryState, EventOf<(typeof STORY_EVENTS)[number]>>;

const useOf = (storyId: string): StoryUse => ({ streamId: streamId('game', storyId), decider, select });

/** The gateway's fold of each story's inputs. A cached story may lag behind another replica; `reload` never does. */
@Injectable()
export class Stories {
  private readonly cache = new LRUCache<string, KnownStory>({ max: CACHED_STORIES });

  constructor(private readonly runtime: StoryRuntime) {}

  async load(storyId: string): Promise<KnownStory> {
    return this.cache.get(storyId) ?? this.reload(storyId);
  }

  /** Folds what came since the cached version. */
  async reload(storyId: string): Promise<KnownStory> {
    const { folds } = this.runtime.parts;
    const cached = this.cache.get(storyId);
    const use = useOf(storyId);
    const known = await (cached === undefined ? folds.load(partitionOf(storyId), use) : folds.catchUp(cached, use));
    if (known.state.created !== null) this.cache.set(storyId, known);
    return known;
  }

  /** Adds an input that this replica has stored, unless others came in between. */
  appended(storyId: string, input: EventOf): void {
    const known = this.cache.get(storyId);
    const event = select(input);
    if (known === undefined || event === undefined || known.version !== input.version - 1) return;
    const story = { ...known, version: input.version, state: decider.evolve(known.state, event) };
    this.cache.set(storyId, story);
    this.runtime.parts.folds.passed(known.version, useOf(storyId), story);
  }
}
