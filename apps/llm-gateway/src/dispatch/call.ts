import { LANE_TTL_MS, deltaSubject } from '@agon/contracts';
import { isConnected, type MessagingLogger } from '@agon/messaging';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Admission } from '../breaker/breaker.ts';
import { millisecondsLeft, type StoredRequest } from '../lanes/stored-request.ts';
import { type Model, type ModelAnswer, ModelFailure, type Verdict } from '../model/model.ts';
import { Drafts } from './drafts.ts';
import type { DispatchMetrics } from './metrics.ts';

/** Of its lane's TTL: a call that got less and is late says nothing about the provider. */
const FAIR_SHARE = 0.5;

/** How one call ended. */
export type Called =
  | { readonly end: 'answered'; readonly answer: ModelAnswer }
  | { readonly end: 'failed'; readonly failure: ModelFailure }
  /** The deadline came first; `hadTime` says whether that is the model's fault, or that of the wait before. */
  | { readonly end: 'late'; readonly hadTime: boolean }
  /** The process ends. */
  | { readonly end: 'aborted' };

export interface CallerOptions {
  model: Model;
  nats: NatsConnection;
  /** Fires when the process ends and waits for calls no longer. */
  aborting: AbortSignal;
  /** The log's clock, in milliseconds since 1970. */
  now: () => number;
  metrics: DispatchMetrics;
  logger: MessagingLogger;
}

/** One call of the model, bound to its request's deadline, with its drafts and its word to the breaker. */
export class Caller {
  constructor(private readonly options: CallerOptions) {}

  /**
   * @param attempt from 1: how often the request was delivered.
   * @throws what the model throws although it promises not to; the breaker hears nothing of it.
   */
  async call(stored: StoredRequest, attempt: number, admission: Admission): Promise<Called> {
    const { model, metrics } = this.options;
    let called: Called | undefined;
    metrics.callBegan();
    try {
      called = await this.ask(stored, attempt);
      if (called.end === 'answered') metrics.answered(called.answer.callMs, called.answer.firstTokenMs);
      return called;
    } finally {
      metrics.callEnded(model.provider, model.name, outcomeOf(called));
      await admission.report(verdictOf(called));
    }
  }

  private async ask(stored: StoredRequest, attempt: number): Promise<Called> {
    const { model, aborting, logger, now } = this.options;
    const givenMs = Math.max(0, millisecondsLeft(stored, now()));
    // Not AbortSignal.any: what it makes is kept for as long as the process's own signal lives.
    const call = new AbortController();
    const abort = (): void => call.abort(new Error('the call is given up'));
    const deadline = setTimeout(abort, givenMs);
    aborting.addEventListener('abort', abort);
    const drafts = this.draftsOf(stored, attempt);
    try {
      aborting.throwIfAborted();
      const answer = await model.answer(stored.data, {
        signal: call.signal,
        onText: drafts && ((text) => drafts.write(text)),
      });
      drafts?.end();
      return { end: 'answered', answer };
    } catch (error) {
      drafts?.drop();
      if (aborting.aborted) return { end: 'aborted' };
      if (call.signal.aborted) return { end: 'late', hadTime: givenMs >= LANE_TTL_MS[stored.data.lane] * FAIR_SHARE };
      if (!(error instanceof ModelFailure)) throw error;
      const { refinementId, task } = stored.data;
      logger.warn({ refinementId, task, reason: error.reason, err: error }, 'the model has not answered');
      return { end: 'failed', failure: error };
    } finally {
      clearTimeout(deadline);
      aborting.removeEventListener('abort', abort);
    }
  }

  private draftsOf({ storyId, metadata, data }: StoredRequest, attempt: number): Drafts | undefined {
    const { nats } = this.options;
    if (data.itemId === null) return undefined;
    const subject = deltaSubject(metadata.game, storyId, data.refinementId);
    return new Drafts(data, data.itemId, attempt, (delta) => {
      // A draft may be lost: the next one holds the whole text, and so does the result.
      if (isConnected(nats)) nats.publish(subject, JSON.stringify(delta));
    });
  }
}

const verdictOf = (called: Called | undefined): Verdict => {
  if (called?.end === 'answered') return 'success';
  if (called?.end === 'failed') return called.failure.verdict;
  return called?.end === 'late' && called.hadTime ? 'failure' : 'neutral';
};

const outcomeOf = (called: Called | undefined) => {
  if (called === undefined) return 'error';
  if (called.end === 'failed') return called.failure.reason;
  return called.end === 'late' ? 'timeout' : called.end;
};
