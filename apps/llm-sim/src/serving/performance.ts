import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Dialect, Frame, Reply, Script } from '../api/dialect.ts';
import type { Call } from '../control/calls.ts';
import { FIRST_TOKEN } from '../latency.ts';
import type { Mode } from '../scenario.ts';
import { sendJson } from './http.ts';

/** How an answer is brought to the client. */
export interface Performance {
  readonly response: ServerResponse;
  readonly call: Call;
  /** Aborted when the client has gone: all waiting ends, with the signal's error. */
  readonly gone: AbortSignal;
  readonly mode: Mode;
  readonly dialect: Dialect;
  readonly reply: Reply;
  /** Of a stream. */
  readonly pieces: readonly string[];
  /** Milliseconds from the first byte to the last. */
  readonly totalMs: number;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const STREAM_TYPE = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };

/**
 * Sends the answer in one piece, once all its time has passed. A call ends in the log before the client can see its
 * end, so that whoever has an answer finds the call ended.
 */
export async function performWhole(performance: Performance): Promise<void> {
  const { response, call, gone, mode, dialect, reply, totalMs } = performance;
  if (mode === 'stalled') {
    response.writeHead(200, JSON_TYPE).flushHeaders();
    return;
  }
  await delay(totalMs, undefined, { signal: gone });
  if (mode === 'cut') {
    const bytes = Buffer.from(JSON.stringify(dialect.whole(reply)));
    response.writeHead(200, { ...JSON_TYPE, 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => destroy(performance));
    return;
  }
  if (mode === 'response_failed') {
    const { status, body } = dialect.failed(reply);
    call.end('failed');
    sendJson(response, body, { status });
    return;
  }
  call.end('answered');
  sendJson(response, dialect.whole(reply));
}

/** Sends the answer as a stream of events, spread over its time. */
export async function performStream(performance: Performance): Promise<void> {
  const { response, call, gone, mode, dialect, reply, pieces, totalMs } = performance;
  const script = dialect.script(reply, pieces);
  const breaksOff = mode === 'stalled' || mode === 'cut' || mode === 'response_failed';
  const shown = breaksOff ? script.pieces.slice(0, Math.ceil(script.pieces.length / 2)) : script.pieces;
  const start = Date.now();
  let place = 0;
  const send = (frames: readonly Frame[]): string => frames.map((frame) => frame(place++)).join('');

  response.writeHead(200, STREAM_TYPE).flushHeaders();
  response.write(send(script.opening));
  for (const [n, piece] of shown.entries()) {
    const due = start + totalMs * momentOf(n, script);
    await delay(Math.max(0, due - Date.now()), undefined, { signal: gone });
    response.write(send(n === 0 ? [...script.beginning, piece] : [piece]));
  }
  if (mode === 'stalled') return;
  if (mode === 'cut') {
    response.write(': cut\n\n', () => destroy(performance));
    return;
  }
  call.end(breaksOff ? 'failed' : 'answered');
  response.end(send(breaksOff ? script.failure : script.closing));
}

/** When a piece of the text is due, as a part of the whole time. */
const momentOf = (n: number, { pieces }: Script): number =>
  FIRST_TOKEN + (1 - FIRST_TOKEN) * (n / Math.max(1, pieces.length - 1));

/** Breaks the connection off, after what was written has left. */
function destroy({ response, call }: Performance): void {
  call.end('failed');
  response.destroy();
}
