import {
  Answer,
  type ConflictEventBody,
  type CreateConflictBody,
  CreateStoryBody,
  type FeedEntry,
  type MakeChoiceBody,
  type RefinementStatusWord,
  type RegisterNpcsBody,
  type ResolveConflictBody,
  StoryRefinements,
  StoryState,
  type SyncSceneBody,
  WireFeedEntry,
  isFeedType,
  readFeedEntry,
} from '@agon/contracts';
import { z } from 'zod';
import { Http, type HttpOptions, type ReadOptions, type WriteOptions } from './http.ts';
import { type Followed, followFeed } from './stream/follow-feed.ts';

/** The fast answer to a created story, with what it was created from. */
export const StoryAnswer = Answer.extend(CreateStoryBody.shape);
export type StoryAnswer = z.infer<typeof StoryAnswer>;

/** Entries after a position, in order; pass `next` as `after` to read on. */
export interface FeedPage {
  readonly entries: FeedEntry[];
  readonly next: number;
}

export interface FollowOptions extends ReadOptions {
  /** The position of the last entry that is known; 0 for the feed from its beginning. */
  readonly after?: number | undefined;
}

/** Entries of types that this version does not know are passed over, not refused: a newer gateway may send them. */
const AnyFeedPage = z.object({
  entries: z.array(z.looseObject({ type: z.string() })),
  next: WireFeedEntry.shape.position.or(z.literal(0)),
});

type Body<Schema extends z.ZodType> = z.input<Schema>;

/**
 * What a game calls. Every method checks the answer against its contract.
 * Each throws AgonProblem on a refusal, UnreadableAnswer on an answer that does not fit, and what `fetch` throws when
 * the gateway cannot be reached; then a write may be repeated under the same idempotency key.
 */
export class AgonClient {
  private readonly http: Http;

  constructor(options: HttpOptions) {
    this.http = new Http(options);
  }

  createStory(body: Body<typeof CreateStoryBody>, options?: WriteOptions): Promise<StoryAnswer> {
    return this.http.write('POST', '/v1/stories', body, StoryAnswer, options);
  }

  /** Registers NPCs, or updates those that the story knows. */
  registerNpcs(storyId: string, npcs: Body<typeof RegisterNpcsBody>['npcs'], options?: WriteOptions): Promise<Answer> {
    return this.http.write('PUT', `${pathOf(storyId)}/npcs`, { npcs }, Answer, options);
  }

  createConflict(storyId: string, body: Body<typeof CreateConflictBody>, options?: WriteOptions): Promise<Answer> {
    return this.http.write('POST', `${pathOf(storyId)}/conflicts`, body, Answer, options);
  }

  makeChoice(
    storyId: string,
    conflictId: string,
    body: Body<typeof MakeChoiceBody>,
    options?: WriteOptions,
  ): Promise<Answer> {
    return this.http.write('POST', `${pathOf(storyId, conflictId)}/choices`, body, Answer, options);
  }

  /** Tells that the conflict progressed, or what a stakeholder did. */
  tellConflictEvent(
    storyId: string,
    conflictId: string,
    event: Body<typeof ConflictEventBody>,
    options?: WriteOptions,
  ): Promise<Answer> {
    return this.http.write('POST', `${pathOf(storyId, conflictId)}/events`, event, Answer, options);
  }

  syncScene(storyId: string, scene: Body<typeof SyncSceneBody>, options?: WriteOptions): Promise<Answer> {
    return this.http.write('POST', `${pathOf(storyId)}/scenes/sync`, scene, Answer, options);
  }

  resolve(
    storyId: string,
    conflictId: string,
    resolution: Body<typeof ResolveConflictBody>['resolution'],
    options?: WriteOptions,
  ): Promise<Answer> {
    return this.http.write('POST', `${pathOf(storyId, conflictId)}/resolve`, { resolution }, Answer, options);
  }

  /** @param after a position that an answer told: the state is at least as new, or says that it is stale */
  state(storyId: string, { after = 0, ...options }: ReadOptions & { after?: number } = {}): Promise<StoryState> {
    return this.http.read(`${pathOf(storyId)}/state`, { after }, StoryState, options);
  }

  /**
   * Where the refinements of the story stand, by when they were asked for.
   * @param status only those that stand so
   */
  refinements(
    storyId: string,
    { after = 0, status, ...options }: ReadOptions & { after?: number; status?: RefinementStatusWord | undefined } = {},
  ): Promise<StoryRefinements> {
    return this.http.read(`${pathOf(storyId)}/refinements`, { after, status }, StoryRefinements, options);
  }

  /** @param limit entries at most, 1 to 1000 */
  async feed(
    storyId: string,
    { after = 0, limit = 200, ...options }: ReadOptions & { after?: number; limit?: number } = {},
  ): Promise<FeedPage> {
    const page = await this.http.read(`${pathOf(storyId)}/feed`, { after, limit }, AnyFeedPage, options);
    return { entries: page.entries.filter(({ type }) => isFeedType(type)).map(readFeedEntry), next: page.next };
  }

  /**
   * The feed after a position, and then all that comes, each entry once and in order. A lost connection is opened again
   * where it ended. Ends without an error when `signal` is aborted.
   */
  async *stream(storyId: string, options?: FollowOptions): AsyncGenerator<FeedEntry, void> {
    for await (const told of this.follow(storyId, options)) if (told.kind === 'entry') yield told.entry;
  }

  /**
   * What `stream` brings and, between the entries, drafts of the texts that models are writing. A draft holds the whole
   * text so far, and is worth showing only while its item stands at a lower revision and is not final. Drafts may be lost.
   */
  follow(storyId: string, { after = 0, signal }: FollowOptions = {}): AsyncGenerator<Followed, void> {
    const path = `${pathOf(storyId)}/stream`;
    return followFeed({
      after,
      signal,
      open: (position, ended) =>
        this.http.open(path, {
          headers: { accept: 'text/event-stream', 'last-event-id': String(position) },
          cache: 'no-store',
          signal: ended,
        }),
    });
  }
}

const pathOf = (storyId: string, conflictId?: string): string => {
  const story = `/v1/stories/${encodeURIComponent(storyId)}`;
  return conflictId === undefined ? story : `${story}/conflicts/${encodeURIComponent(conflictId)}`;
};
