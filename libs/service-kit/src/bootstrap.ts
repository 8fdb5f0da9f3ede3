import type { DynamicModule, Type } from '@nestjs/common';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { createLogger } from './logs.ts';
import { startProblem } from './start-problem.ts';
import { type RunningService, type ServiceOptions, startService } from './start-service.ts';

const die = (logger: Logger, kind: string) => (error: unknown) => {
  logger.fatal({ err: error }, kind);
  process.exit(1);
};

/**
 * The first signal drains and ends with 0; while starting there is nothing to drain yet. A second signal, or an end that
 * takes too long, ends with 1 at once.
 */
const stopOnSignal = (logger: Logger, running: () => RunningService | undefined): void => {
  let signalled = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (signalled) process.exit(1);
    signalled = true;
    try {
      await running()?.close();
      process.exit(0);
    } catch (error) {
      logger.error({ err: error, signal }, 'could not stop cleanly');
      process.exit(1);
    }
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
};

/**
 * The whole life of a service's process: start, signals, end. A start that fails prints one line on stderr and ends the
 * process with code 1; so does an error that nobody caught, after a fatal log line. Stdout holds JSON log lines only.
 */
export const bootstrap = async <Schema extends z.ZodObject>(
  appModule: Type | DynamicModule,
  options: ServiceOptions<Schema>,
): Promise<RunningService> => {
  const logger = options.logger ?? createLogger(options.service, options.config.LOG_LEVEL);
  process.on('unhandledRejection', die(logger, 'unhandled rejection'));
  process.on('uncaughtException', die(logger, 'uncaught exception'));
  let running: RunningService | undefined;
  stopOnSignal(logger, () => running);
  try {
    running = await startService(appModule, { ...options, logger });
    return running;
  } catch (error) {
    logger.debug({ err: error }, 'start failed');
    process.stderr.write(`${options.service} can't start: ${startProblem(error)}\n`);
    return process.exit(1);
  }
};
