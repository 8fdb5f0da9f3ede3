import { type DynamicModule, Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Decisions, isConnected } from '@agon/messaging';
import { HealthRegistry } from '../health.ts';
import { Metrics } from '../metrics.ts';
import { StoryRuntime, type StoryRuntimeOptions } from './story-runtime.ts';
import { Tellings } from './tellings.ts';

/** Offers the runtime of a story service to its controllers, and shows it in health and metrics. */
@Module({})
export class StoryModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(StoryRuntime) private readonly runtime: StoryRuntime,
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  static forRoot(options: StoryRuntimeOptions): DynamicModule {
    return {
      module: StoryModule,
      global: true,
      providers: [
        { provide: StoryRuntime, useFactory: () => StoryRuntime.open(options) },
        { provide: Decisions, useFactory: ({ parts }: StoryRuntime) => parts.decisions, inject: [StoryRuntime] },
        {
          provide: Tellings,
          useFactory: ({ parts }: StoryRuntime) => new Tellings(parts.packs),
          inject: [StoryRuntime],
        },
      ],
      exports: [StoryRuntime, Decisions, Tellings],
    };
  }

  onModuleInit(): void {
    const { pool, nats, projections, publisher } = this.runtime.parts;
    this.health.register({ name: 'postgres', check: () => pool.query('select 1').then(() => 'up' as const) });
    this.health.register({ name: 'broker', required: false, check: () => (isConnected(nats) ? 'up' : 'degraded') });
    this.health.register({ name: 'projections', required: false, check: () => projections.health() });
    this.metrics.gauge('agon_publish_lag', 'Events in the log and not yet in JetStream', ['partition'], () =>
      publisher.lag().map(({ partition, head, stored }) => ({ labels: { partition }, value: head - stored })),
    );
    this.metrics.gauge('agon_projection_lag', 'Events in the log and not yet folded', ['partition'], () =>
      projections.lag().map(({ partition, head, position }) => ({ labels: { partition }, value: head - position })),
    );
    this.metrics.gauge(
      'agon_projection_table_lag',
      'Events in the log and not yet folded into a table of a projection, live or building',
      ['projection', 'version', 'generation', 'state'],
      () =>
        projections.generations().map(({ name, version, generation, state, lag }) => ({
          labels: { projection: name, version, generation, state },
          value: lag,
        })),
    );
    this.metrics.gauge('agon_projection_parked_stories', 'Stories that a projection has parked', [], () => [
      { value: projections.parkedStories() },
    ]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.close();
  }
}
