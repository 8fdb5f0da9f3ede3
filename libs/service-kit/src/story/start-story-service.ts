import type { DynamicModule, Type } from '@nestjs/common';
import type { consumes } from '@agon/contracts';
import type { AnyProjection } from '@agon/projections';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { type BaseConfig, baseConfig, portVariable } from '../base-config.ts';
import { bootstrap } from '../bootstrap.ts';
import { readConfig } from '../config.ts';
import { createLogger } from '../logs.ts';
import { HealthRegistry } from '../health.ts';
import { StoryModule } from './story.module.ts';
import { StoryRuntime } from './story-runtime.ts';

interface Settings {
  readonly schema: z.ZodObject;
  readonly config: BaseConfig;
  readonly logger: Logger;
}

export interface StoryServiceOptions {
  service: keyof typeof consumes;
  /** Port of health and metrics unless AGON_PORT says otherwise. */
  port: number;
  /** Folder of the service's code: `import.meta.dirname` of its `main.ts`. */
  code: string;
  projections: readonly AnyProjection[];
  /** Handlers and queries. */
  controllers: Type[];
  /** Whatever else the service consists of. */
  modules?: DynamicModule[];
  /** Of a service with variables of its own, which it has read itself; `port` is of no use then. */
  settings?: Settings;
  /** Whether the handlers are tried with examples before the first message (default); not where they do more than decide. */
  rehearsed?: boolean;
}

/** The whole of a deciding service's `main.ts`: configuration, consumers, read models, health, shutdown. */
export async function startStoryService({
  service,
  port,
  code,
  projections,
  controllers,
  modules = [],
  settings,
  rehearsed,
}: StoryServiceOptions): Promise<void> {
  const { schema, config, logger } = settings ?? settingsOf(service, port);
  class AppModule {}
  const imports = [StoryModule.forRoot({ service, config, code, projections, logger }), ...modules];
  await bootstrap(
    { module: AppModule, imports, controllers },
    {
      service,
      schema,
      config,
      logger,
      warm: (app) => app.get(StoryRuntime).start(),
      strategy: (app) => {
        const strategy = app.get(StoryRuntime).strategy(service, rehearsed);
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

function settingsOf(service: string, port: number): Settings {
  const schema = baseConfig.extend({ AGON_PORT: portVariable(port) });
  const config = readConfig(schema);
  return { schema, config, logger: createLogger(service, config.LOG_LEVEL) };
}
