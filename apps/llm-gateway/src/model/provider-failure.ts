import type { FailureReason } from '@agon/contracts';
import { APIConnectionError, APIError } from 'openai';
import { ModelFailure } from './model.ts';

type Class = readonly [FailureReason, ModelFailure['verdict']];

const DOWN: Class = ['provider_error', 'failure'];
const RATE_LIMITED: Class = ['rate_limited', 'neutral'];
const NO_QUOTA: Class = ['quota', 'broken'];
const NO_ACCESS: Class = ['unauthorized', 'broken'];
const OURS: Class = ['bad_request', 'neutral'];

/** Errors that say more than their status does, or that come without one, inside a stream. */
const byCode: Readonly<Record<string, Class>> = {
  insufficient_quota: NO_QUOTA,
  rate_limit_exceeded: RATE_LIMITED,
};

/** What is not here is a failure from 500 on, and our mistake below. */
const byStatus: Readonly<Record<number, Class>> = {
  401: NO_ACCESS,
  402: NO_QUOTA,
  403: NO_ACCESS,
  408: DOWN,
  429: RATE_LIMITED,
  // "Slow down": the provider lives, and wants to be left in peace.
  503: ['provider_error', 'neutral'],
};

const classOf = (status: number | undefined, code: string | null | undefined): Class =>
  byCode[code ?? ''] ?? byStatus[status ?? 500] ?? (status === undefined || status >= 500 ? DOWN : OURS);

/** An error that a provider told inside a stream that had begun well. */
export function toldFailure(code: string | null | undefined, message: string): ModelFailure {
  return new ModelFailure(...classOf(undefined, code), message);
}

/** What an error of the client means: one table for all that can happen on the way to a provider. */
export function providerFailure(error: unknown): ModelFailure {
  if (error instanceof ModelFailure) return error;
  // A stream that breaks off is no error of the client's: its connection's error comes as it is.
  if (!(error instanceof APIError)) {
    const detail = error instanceof Error ? error.message : String(error);
    return error instanceof SyntaxError
      ? new ModelFailure(...DOWN, detail, { cause: error })
      : new ModelFailure('cut', 'failure', detail, { cause: error });
  }
  const { code, message } = error;
  const status = error instanceof APIConnectionError ? undefined : error.status;
  return new ModelFailure(...classOf(typeof status === 'number' ? status : undefined, code), message, { cause: error });
}
