import { Answer, Problem } from '@agon/contracts';

/** A request as it goes over the wire, well-formed or not. */
export interface Sent {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  readonly path: string;
  /** The Idempotency-Key. */
  readonly key?: string | undefined;
  /** Sent as JSON; a text is sent as it stands. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  /** The body, byte for byte. */
  readonly text: string;
  /** From the call to the last byte, in milliseconds. */
  readonly ms: number;
}

/** A gateway that hangs is given up after this, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Throws only when the gateway can't be reached, or is gone before its answer is complete. */
export async function send(baseUrl: string, { method, path, key, body, headers }: Sent): Promise<Reply> {
  const started = performance.now();
  const response = await fetch(baseUrl + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...headers,
    },
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const contentType = response.headers.get('content-type') ?? '';
  return { status: response.status, contentType, text, ms: performance.now() - started };
}

/** Throws on a body that is no answer. */
export const answerIn = ({ text }: Reply): Answer => Answer.parse(JSON.parse(text));

/** Throws on anything but problem details that agree with the status. */
export function problemIn({ status, contentType, text }: Reply): Problem {
  const problem = Problem.parse(JSON.parse(text));
  if (!contentType.startsWith('application/problem+json')) throw new Error(`problem details came as ${contentType}`);
  if (problem.status !== status) throw new Error(`status ${status} came with the problem of a ${problem.status}`);
  return problem;
}

/** Sends a write, under the same key, until its answer is complete or refused: once, unless services are slow or away. */
export async function sendUntilComplete(baseUrl: string, request: Sent, patienceMs = 30_000): Promise<Reply> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const reply = await send(baseUrl, request);
    if (reply.status >= 400 && reply.status !== 503) return reply;
    if (reply.status < 300 && answerIn(reply).pending.length === 0) return reply;
    if (performance.now() > end) throw new Error(`${request.path} is not complete in time: ${reply.text}`);
  }
}
