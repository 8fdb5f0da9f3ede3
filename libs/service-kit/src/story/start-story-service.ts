import type { Type } from '@nestjs/common';
import type { consumes } from '@agon/contracts';
import type { AnyProjection } from '@agon/projections';
import { baseConfig, portVariable } from '../base-config.ts';
import { bootstrap } from '../bootstrap.ts';
import { readConfig } from '../config.ts';
import { createLogger } from '../logs.ts';
import { Metrics } from '../metrics.ts';
import { HealthRegistry } from '../health.ts';
import { StoryModule } from './story.module.ts';
import { StoryRuntime } from './story-runtime.ts';

export interface StoryServiceOptions {
  service: keyof typeof consumes;
  /** Port of health and metrics unless AGON_PORT says otherwise. */
  port: number;
  projections: readonly AnyProjection[];
  /** Handlers and queries. */
  controllers: Type[];
}

/** The whole of a deciding service's `main.ts`: configuration, consumers, read models, health, shutdown. */
export async function startStoryService({
  service,
  port,
  projections,
  controllers,
}: StoryServiceOptions): Promise<void> {
  const schema = baseConfig.extend({ AGON_PORT: portVariable(port) });
  const config = readConfig(schema);
  const logger = createLogger(service, config.LOG_LEVEL);
  class AppModule {}
  const imports = [StoryModule.forRoot({ service, config, projections, logger })];
  await bootstrap(
    { module: AppModule, imports, controllers },
    {
      service,
      schema,
      config,
      logger,
      warm: (app) => app.get(StoryRuntime).start(),
      strategy: (app) => {
        const strategy = app.get(StoryRuntime).strategy(service, app.get(Metrics));
        app.get(HealthRegistry).register({
          name: 'consumers',
          required: false,
          check: () => {
            const { bound, partitions, degraded } = strategy.health();
            return { state: degraded ? 'degraded' : 'up', detail: `${bound} of ${partitions} partitions bound` };
          },
        });
        return strategy;
      },
    },
  );
}
