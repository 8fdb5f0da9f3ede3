import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { compose } from '../answer/compose.ts';
import { factsOf } from '../answer/facts.ts';
import { chatCompletions } from '../api/chat-completions.ts';
import type { Ask, Dialect } from '../api/dialect.ts';
import { BadRequest, refusals } from '../api/errors.ts';
import { responses } from '../api/responses.ts';
import { type Call, readJson } from '../control/calls.ts';
import { type Control, modeNamed } from '../control/control.ts';
import { piecesOf, totalMs } from '../latency.ts';
import { seeded } from '../random.ts';
import { type Mode, modeFor } from '../scenario.ts';
import { bodyOf, sendRefusal } from './http.ts';
import { performStream, performWhole } from './performance.ts';

/** The paths under which the simulator answers as a provider does. */
export const dialects: Readonly<Record<string, Dialect>> = {
  '/v1/responses': responses,
  '/v1/chat/completions': chatCompletions,
};

/** Milliseconds that a provider takes to refuse. */
const REFUSAL_MS = 20;

export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly dialect: Dialect;
}

/** Answers calls as the scenario says, and records them. */
export class Provider {
  constructor(
    private readonly control: Control,
    /** Milliseconds of silence in the mode `slow`. */
    private readonly slowMs: number,
  ) {}

  /** @throws BadRequest, or an abort error when the client has gone */
  async serve({ request, response, path, dialect }: Visit): Promise<void> {
    const gone = new AbortController();
    const body = await bodyOf(request);
    const hash = createHash('sha256').update(body).digest('hex');
    const { scenario } = this.control;
    const wanted = request.headers['x-sim-scenario'];
    const mode = typeof wanted === 'string' ? modeNamed(wanted) : modeFor(scenario, hash);
    const ask = readAsk(dialect, body);
    const { given, facts } = factsOf(ask instanceof BadRequest ? [] : ask.userTexts);
    const call = this.control.calls.begin({ path, mode, body, facts: given });
    response.once('close', () => {
      // Whatever ended well has ended in the log before the connection closed.
      call.end('aborted');
      gone.abort();
    });
    if (ask instanceof BadRequest) {
      call.end('failed');
      throw ask;
    }
    if (mode === 'slow') await delay(this.slowMs, undefined, { signal: gone.signal });
    if (await refused(mode, { response, call, gone: gone.signal })) return;

    const random = (purpose: string) => seeded(scenario.seed, hash, purpose);
    const answer = compose({ ...ask, facts }, mode, random('answer'));
    const perform = ask.isStreamed ? performStream : performWhole;
    await perform({
      response,
      call,
      gone: gone.signal,
      mode,
      dialect,
      reply: { ask, answer, key: `sim_${hash.slice(0, 24)}`, createdAt: Math.floor(Date.now() / 1000) },
      pieces: piecesOf(answer.text, random('pieces')),
      totalMs: totalMs(scenario.medianMs, random('latency')),
    });
  }
}

/** A request that is wrong is recorded too, so its problem is kept until then. */
function readAsk(dialect: Dialect, body: string): Ask | BadRequest {
  try {
    return dialect.read(readJson(body));
  } catch (error) {
    if (error instanceof BadRequest) return error;
    throw error;
  }
}

async function refused(
  mode: Mode,
  { response, call, gone }: { response: ServerResponse; call: Call; gone: AbortSignal },
): Promise<boolean> {
  const refusal = refusals[mode];
  if (refusal === undefined) return false;
  await delay(REFUSAL_MS, undefined, { signal: gone });
  call.end('failed');
  sendRefusal(response, refusal);
  return true;
}
