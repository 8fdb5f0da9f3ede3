import type { RefinementOwner } from '@agon/contracts';
import { Decisions } from '@agon/messaging';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Metrics } from '../metrics.ts';
import { StoryRuntime } from '../story/story-runtime.ts';
import { RefinementMetrics } from './refinement-metrics.ts';
import type { RefinementStatusProjection } from './refinement-status.ts';
import { REFINEMENT_STATUS, RefinementsController } from './refinements.controller.ts';
import { Refinements } from './refinements.ts';
import { Sweep } from './sweep.ts';

/** What a service that owns refinements needs: asking and judging for its handlers, and the sweep beside them. */
@Module({})
export class RefinementsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(Sweep) private readonly sweep: Sweep) {}

  /** `status` is the owner's read model, which it projects with its others. */
  static forOwner(owner: RefinementOwner, status: RefinementStatusProjection): DynamicModule {
    return {
      module: RefinementsModule,
      global: true,
      controllers: [RefinementsController],
      providers: [
        { provide: REFINEMENT_STATUS, useValue: status },
        {
          provide: RefinementMetrics,
          useFactory: (all: Metrics, runtime: StoryRuntime) => {
            const metrics = new RefinementMetrics(all);
            runtime.onAppended((event) => metrics.appended(event));
            return metrics;
          },
          inject: [Metrics, StoryRuntime],
        },
        {
          provide: Refinements,
          useFactory: (decisions: Decisions, metrics: RefinementMetrics) => new Refinements(owner, decisions, metrics),
          inject: [Decisions, RefinementMetrics],
        },
        {
          provide: Sweep,
          useFactory: (runtime: StoryRuntime, refinements: Refinements, metrics: RefinementMetrics) =>
            new Sweep({ runtime, refinements, status, metrics }),
          inject: [StoryRuntime, Refinements, RefinementMetrics],
        },
      ],
      exports: [Refinements],
    };
  }

  onApplicationBootstrap(): void {
    this.sweep.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sweep.stop();
  }
}
