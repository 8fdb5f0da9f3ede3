import type { DynamicModule, Type } from '@nestjs/common';
import type { Logger } from 'pino';
import { z } from 'zod';
import { createLogger } from './logs.ts';
import { maskPasswords } from './mask.ts';
import { type RunningService, type ServiceOptions, startService } from './start-service.ts';

/** Of a system error: its code, and what it was about. */
const systemError = z.looseObject({
  code: z.string().optional(),
  syscall: z.string().optional(),
  address: z.string().optional(),
  port: z.number().optional(),
});

/** The deepest cause says what happened; the errors around it only where. */
const rootCause = (error: unknown): unknown => {
  if (error instanceof AggregateError && error.errors.length > 0) return rootCause(error.errors[0]);
  return error instanceof Error && error.cause instanceof Error ? rootCause(error.cause) : error;
};

const oneLine = (error: unknown): string => {
  const text = error instanceof Error && error.message !== '' ? error.message : String(error);
  return maskPasswords(text.trim().split(/\s*\n\s*/)[0] ?? text);
};

/** Why a service did not start, in one line without passwords. */
export const startProblem = (error: unknown): string => {
  const cause = rootCause(error);
  const parsed = systemError.safeParse(cause);
  const { code, syscall, address, port } = parsed.success ? parsed.data : {};
  const where = [address, port].filter((part) => part !== undefined).join(':');
  if (code === 'EADDRINUSE') return `${where} is in use by another process`;
  if (code === 'EADDRNOTAVAIL') return `${where} is not an address of this machine`;
  if (code === 'EACCES' && syscall === 'listen') return `listening on ${where} is not allowed`;
  if (code === 'ECONNREFUSED' && where !== '') return `nothing answers at ${where}`;
  // An error of our own says more than what it was made of; one that only collects others says nothing.
  return oneLine(error instanceof AggregateError ? cause : error);
};

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
