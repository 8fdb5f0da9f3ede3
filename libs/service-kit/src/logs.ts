import type { LoggerService } from '@nestjs/common';
import { Logger as NestPinoLogger, type Params, PinoLogger } from 'nestjs-pino';
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from './base-config.ts';
import { currentCorrelation } from './correlation.ts';

/** Nest's own words at start (each module, each route) help only who debugs the wiring. */
const FRAMEWORK = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'NestMicroservice',
  'RouterExplorer',
  'RoutesResolver',
]);

const correlation = (): object => {
  const correlationId = currentCorrelation();
  return correlationId === undefined ? {} : { correlationId };
};

/**
 * The process's one logger: JSON lines on stdout, written before the call returns, so that a last word is not lost. Each
 * line names the service and, inside `withCorrelation`, the correlation id.
 */
export const createLogger = (service: string, level: LogLevel, destination?: DestinationStream): Logger =>
  pino(
    { level, base: { service, pid: process.pid }, timestamp: stdTimeFunctions.isoTime, mixin: correlation },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );

const isProbe = (url: string | undefined): boolean =>
  url !== undefined && (url.startsWith('/health/') || url.startsWith('/metrics'));

/** nestjs-pino on our logger: requests at `debug` only, probes and scrapes never. */
export const loggerModuleParams = (logger: Logger): Params => ({
  pinoHttp: {
    logger,
    useLevel: 'debug',
    quietReqLogger: true,
    autoLogging: { ignore: (request) => isProbe(request.url) },
  },
});

/** What Nest itself logs through, from the first line on; its wiring messages go to `debug`. */
export class NestLog extends NestPinoLogger implements LoggerService {
  constructor(logger: Logger) {
    const params = loggerModuleParams(logger);
    super(new PinoLogger(params), params);
  }

  override log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    if (typeof context === 'string' && FRAMEWORK.has(context)) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }
}
