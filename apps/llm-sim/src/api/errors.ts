import type { Mode } from '../scenario.ts';

/** An answer that refuses, in the shape that clients of the API read. */
export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** A request that the API can't answer. */
export class BadRequest extends Error {
  readonly refusal: Refusal;

  constructor(message: string, param: string | null = null, code: string | null = null, status = 400) {
    super(message);
    this.name = 'BadRequest';
    this.refusal = { status, error: { message, type: 'invalid_request_error', param, code } };
  }
}

const refusal = (status: number, type: string, code: string | null, message: string): Refusal => ({
  status,
  error: { message: `${message} (simulated)`, type, param: null, code },
});

export const SERVER_ERROR = refusal(500, 'server_error', 'server_error', 'The server had an error');

/** The modes that refuse over HTTP. */
export const refusals: Partial<Record<Mode, Refusal>> = {
  failing: SERVER_ERROR,
  rate_limited: {
    ...refusal(429, 'requests', 'rate_limit_exceeded', 'Rate limit reached'),
    headers: { 'retry-after': '1' },
  },
  quota: refusal(429, 'insufficient_quota', 'insufficient_quota', 'The quota is used up'),
  unauthorized: refusal(401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided'),
};
