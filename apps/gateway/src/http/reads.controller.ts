import {
  RefinementStatusWord,
  StoryId,
  type StoryRefinements,
  type StoryState,
  type WireFeedEntry,
} from '@agon/contracts';
import { type BeforeApplicationShutdown, Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { Drafts } from '../drafts/drafts.ts';
import { Feed } from '../read-models/story-feed/feed.ts';
import { RefinementsReader } from '../state/refinements-reader.ts';
import { StateReader } from '../state/state-reader.ts';
import { Refusal } from '../story/refusal.ts';
import { Stories } from '../story/stories.ts';
import { streamFeed } from './feed-stream.ts';

const Position = z.coerce.number().int().min(0).default(0);
const Limit = z.coerce.number().int().min(1).max(1000).default(200);
const Status = RefinementStatusWord.optional();
const story = { schema: StoryId };

/** The reads of the API: the state, where refinements stand, and the feed in pages or as a stream. */
@Controller('v1/stories/:storyId')
export class ReadsController implements BeforeApplicationShutdown {
  private readonly ending = new AbortController();

  constructor(
    private readonly stories: Stories,
    private readonly feed: Feed,
    private readonly drafts: Drafts,
    private readonly states: StateReader,
    private readonly refinements: RefinementsReader,
  ) {}

  /** Streams would hold up the end of the process for ever; their clients come back to another replica. */
  beforeApplicationShutdown(): void {
    this.ending.abort();
  }

  @Get('state')
  async state(
    @Param('storyId', story) storyId: string,
    @Query('after', { schema: Position }) after: number,
  ): Promise<StoryState> {
    await this.exists(storyId);
    return this.states.read(storyId, after);
  }

  @Get('refinements')
  async refinementsOf(
    @Param('storyId', story) storyId: string,
    @Query('after', { schema: Position }) after: number,
    @Query('status', { schema: Status }) status: RefinementStatusWord | undefined,
  ): Promise<StoryRefinements> {
    await this.exists(storyId);
    return this.refinements.read(storyId, after, status);
  }

  @Get('feed')
  async page(
    @Param('storyId', story) storyId: string,
    @Query('after', { schema: Position }) after: number,
    @Query('limit', { schema: Limit }) limit: number,
  ): Promise<{ entries: WireFeedEntry[]; next: number }> {
    await this.exists(storyId);
    const entries = await this.feed.read(storyId, after, limit);
    return { entries, next: entries.at(-1)?.position ?? after };
  }

  @Get('stream')
  async stream(
    @Param('storyId', story) storyId: string,
    @Query('after', { schema: Position }) after: number,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    await this.exists(storyId);
    await streamFeed({
      feed: this.feed,
      drafts: this.drafts,
      storyId,
      after: positionOf(lastEventId) ?? after,
      response,
      ending: this.ending.signal,
    });
  }

  private async exists(storyId: string): Promise<void> {
    const { state } = await this.stories.load(storyId);
    if (state.created === null) throw new Refusal('story_not_found');
  }
}

function positionOf(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  const parsed = Position.safeParse(lastEventId);
  if (parsed.success) return parsed.data;
  throw new Refusal('invalid_request', [{ field: 'Last-Event-ID', message: 'must be an id of this feed' }]);
}
