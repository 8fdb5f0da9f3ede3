import { type DynamicModule, Module } from '@nestjs/common';
import { QueryClient } from '@agon/messaging';
import { type BaseConfig, StoryModule, StoryRuntime } from '@agon/service-kit';
import type { Logger } from 'pino';
import { Drafts } from './drafts/drafts.ts';
import { OpenApiController } from './http/openapi.controller.ts';
import { PageController } from './http/page.controller.ts';
import { ReadsController } from './http/reads.controller.ts';
import { StoriesController } from './http/stories.controller.ts';
import { Inputs } from './inputs/inputs.ts';
import { Replies } from './inputs/replies.ts';
import { Feed } from './read-models/story-feed/feed.ts';
import { storyFeed } from './read-models/story-feed/story-feed.projection.ts';
import { RefinementsReader } from './state/refinements-reader.ts';
import { StateReader } from './state/state-reader.ts';
import { Stories } from './story/stories.ts';

/** Long enough to fold the facts of one answer together, too short to be seen. */
const FEED_SETTLE_MS = 20;

@Module({})
export class AppModule {
  static forRoot(config: BaseConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        StoryModule.forRoot({
          service: 'gateway',
          config,
          code: import.meta.dirname,
          projections: [storyFeed],
          settleMs: FEED_SETTLE_MS,
          logger,
        }),
      ],
      controllers: [StoriesController, ReadsController, OpenApiController, PageController],
      providers: [
        { provide: QueryClient, useFactory: (runtime: StoryRuntime) => runtime.queries(), inject: [StoryRuntime] },
        { provide: Drafts, useFactory: ({ parts }: StoryRuntime) => new Drafts(parts.nats), inject: [StoryRuntime] },
        Stories,
        Inputs,
        Replies,
        Feed,
        StateReader,
        RefinementsReader,
      ],
    };
  }
}
