import { type EventOf, partitionOf, reader, streamId } from '@agon/contracts';
import { StoryRuntime } from '@agon/service-kit';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { STORY_EVENTS, type StoryState, evolve, initialState } from './story.ts';

export interface KnownStory {
  readonly version: number;
  readonly state: StoryState;
}

const CACHED_STORIES = 10_000;
const readInput = reader(STORY_EVENTS);

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
    const from = this.cache.get(storyId) ?? { version: 0, state: initialState() };
    const stream = streamId('game', storyId);
    const stored = await this.runtime.parts.log.readStream(partitionOf(storyId), stream, from.version);
    const known = stored.reduce(({ state }, event) => {
      const input = readInput(event);
      return { version: event.version, state: input === undefined ? state : evolve(state, input) };
    }, from);
    if (known.state.created !== null) this.cache.set(storyId, known);
    return known;
  }

  /** Adds an input that this replica has stored, unless others came in between. */
  appended(storyId: string, input: EventOf): void {
    const known = this.cache.get(storyId);
    const event = readInput(input);
    if (known === undefined || event === undefined || known.version !== input.version - 1) return;
    this.cache.set(storyId, { version: input.version, state: evolve(known.state, event) });
  }
}
