import { type ProblemCode, problems } from '@agon/contracts';
import { isTransient } from '@agon/event-store';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { Refusal } from '../story/refusal.ts';

const BY_STATUS: Record<number, ProblemCode> = {
  400: 'malformed_request',
  404: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
};

/** Every error leaves as problem+json; what is not the client's doing is logged, and told without its insides. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.end();
      return;
    }
    const refusal = this.refusalOf(error);
    const { status } = problems[refusal.code];
    if (status === 503) response.setHeader('Retry-After', '1');
    response
      .status(status)
      .type('application/problem+json')
      .send(JSON.stringify(refusal.toProblem(request.path)));
  }

  private refusalOf(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    const status = statusOf(error);
    const code = status === undefined ? undefined : BY_STATUS[status];
    if (code !== undefined) return new Refusal(code);
    if (isTransient(error)) {
      this.logger.warn({ err: error }, 'a request could not be taken now');
      return new Refusal('unavailable');
    }
    this.logger.error({ err: error }, 'a request failed');
    return new Refusal('internal_error');
  }
}

/** Of Nest's errors, and of those of the body parser. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') return error.status;
  return undefined;
}
