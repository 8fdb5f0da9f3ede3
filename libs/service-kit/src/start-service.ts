import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { BaseConfig } from './base-config.ts';
import { effectiveValues } from './config.ts';
import { HealthRegistry } from './health.ts';
import { createLogger, NestLog } from './logs.ts';
import { measureRequests } from './measure-requests.ts';
import { Metrics } from './metrics.ts';
import { ServiceKitModule } from './service-kit.module.ts';
import { drain, watchUnused } from './drain.ts';

export interface ServiceOptions<Schema extends z.ZodObject = z.ZodObject> {
  /** Name in logs, metrics and readiness: `conflict-flow`. */
  service: string;
  schema: Schema;
  config: z.output<Schema> & Pick<BaseConfig, 'AGON_PORT' | 'AGON_HOST' | 'LOG_LEVEL'>;
  logger?: Logger | undefined;
  /** Pipes, filters, interceptors, OpenAPI: anything set on the app before it is initialised. */
  configure?: ((app: NestExpressApplication) => void | Promise<void>) | undefined;
  /** Opens connections and prepares statements, after the modules' init hooks and before any work is taken. */
  warm?: ((app: NestExpressApplication) => Promise<void>) | undefined;
  /** The message transport; starts before the HTTP server listens. */
  strategy?: ((app: NestExpressApplication) => CustomTransportStrategy) | undefined;
}

export interface RunningService {
  app: NestExpressApplication;
  logger: Logger;
  /** Where it listens; the port is the real one, also when 0 was asked for. */
  url: string;
  port: number;
  /** Stops taking work, lets what is under way finish (10 s at most), frees what it holds. Safe to call twice. */
  close(): Promise<void>;
}

/** Longer than the idle time of usual proxies (60 s), so that a proxy never sends on a connection we just closed. */
const KEEP_ALIVE_MS = 65_000;

const portOf = (app: NestExpressApplication): number => {
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error('the HTTP server is not listening on a port');
  return address.port;
};

const run = async (app: NestExpressApplication, logger: Logger, options: ServiceOptions): Promise<RunningService> => {
  const { AGON_HOST: host, AGON_PORT } = options.config;
  const health = app.get(HealthRegistry);
  app.use(measureRequests(app.get(Metrics)));
  app.disable('x-powered-by');
  app.set('etag', false);
  await options.configure?.(app);
  if (options.strategy !== undefined) app.connectMicroservice({ strategy: options.strategy(app) });
  // Nest would start the transport first and run the init hooks on listen: messages before their handlers are ready.
  await app.init();
  await options.warm?.(app);
  if (options.strategy !== undefined) await app.startAllMicroservices();
  health.started();
  app.getHttpServer().keepAliveTimeout = KEEP_ALIVE_MS;
  const closeUnused = watchUnused(app.getHttpServer());
  await app.listen(AGON_PORT, host);
  const port = portOf(app);
  logger.info({ host, port }, 'listening');
  let closing: Promise<void> | undefined;
  return {
    app,
    logger,
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () => (closing ??= drain(app, health, logger, closeUnused)),
  };
};

/**
 * Starts one service: Nest on Express, JSON logs, health, metrics, the message transport, then the HTTP server. It is
 * ready only when its consumers are bound.
 *
 * Modules free what others still need while draining (pools, broker connections) in `onApplicationShutdown`: Nest calls
 * `onModuleDestroy` and `beforeApplicationShutdown` before the HTTP server and the transport stop. What would keep
 * requests open for ever (event streams) ends in `beforeApplicationShutdown`.
 *
 * @throws whatever prevented the start, after freeing what was opened.
 */
export const startService = async <Schema extends z.ZodObject>(
  appModule: Type | DynamicModule,
  options: ServiceOptions<Schema>,
): Promise<RunningService> => {
  const { service, schema, config } = options;
  const logger = options.logger ?? createLogger(service, config.LOG_LEVEL);
  logger.info({ config: effectiveValues(schema, config), node: process.version }, 'configuration in effect');
  class RootModule {}
  const root = { module: RootModule, imports: [ServiceKitModule.forRoot({ service, logger }), appModule] };
  const app = await NestFactory.create<NestExpressApplication>(root, {
    logger: new NestLog(logger),
    abortOnError: false,
  });
  try {
    return await run(app, logger, options);
  } catch (error) {
    await app.close().catch((closeError: unknown) => logger.warn({ err: closeError }, 'could not close cleanly'));
    throw error;
  }
};
