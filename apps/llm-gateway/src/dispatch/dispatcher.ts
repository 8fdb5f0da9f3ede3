import type { DataOf, FailureReason, Lane } from '@agon/contracts';
import type { MessagingLogger } from '@agon/messaging';
import { withCorrelation } from '@agon/service-kit';
import type { JsMsg } from '@nats-io/jetstream';
import { v5 as uuid5 } from 'uuid';
import type { Breaker } from '../breaker/breaker.ts';
import type { LaneStreams } from '../lanes/lane-streams.ts';
import { millisecondsLeft, readRequest, type StoredRequest } from '../lanes/stored-request.ts';
import type { ModelAnswer } from '../model/model.ts';
import { SERVICE } from '../service.ts';
import type { Caller } from './call.ts';
import type { Declining } from './declining.ts';
import type { DispatchMetrics } from './metrics.ts';
import { RefusedByLog, type Results } from './results.ts';
import type { Release } from '../lanes/slots.ts';

/** A message that fails as often as this is poison: nobody will ever make anything of it. */
const MOST_DELIVERIES = 5;
/** Before a message that failed is delivered again, in milliseconds. */
const REDELIVERY_MS = 500;

export interface DispatcherOptions {
  /** Undefined while no model is configured. */
  caller: Caller | undefined;
  breaker: Pick<Breaker, 'admit'>;
  results: Results;
  declining: Declining;
  streams: Pick<LaneStreams, 'bury'>;
  /** Fires when the process ends and waits for nothing any more. */
  ended: AbortSignal;
  /** The log's clock, in milliseconds since 1970. */
  now: () => number;
  metrics: DispatchMetrics;
  logger: MessagingLogger;
}

/** `interrupted` leaves the message to be delivered again; with a reason it is to be declined. */
type Settled = 'answered' | 'known' | 'expired' | 'late_here' | 'interrupted' | { readonly reason: FailureReason };

/** Works on one lane message to its end: its result stands in the log before the lane forgets it. */
export class Dispatcher {
  constructor(private readonly options: DispatcherOptions) {}

  /**
   * Never rejects.
   *
   * @param release gives the slot back before the end, where no call follows and only the log is waited for.
   */
  async work(lane: Lane, message: JsMsg, release: Release): Promise<void> {
    const { ended, logger } = this.options;
    let request: StoredRequest | undefined;
    try {
      const stored = readRequest(message.string());
      request = stored;
      await withCorrelation(stored.correlationId, () => this.finish(lane, message, stored, release));
    } catch (error) {
      if (ended.aborted) return message.nak();
      const fields = { lane, subject: message.subject, deliveries: message.info.deliveryCount, err: error };
      logger.error({ ...fields, correlationId: request?.correlationId }, 'a request can not be worked on');
      await this.failed(lane, message, request, error);
    }
  }

  private async finish(lane: Lane, message: JsMsg, request: StoredRequest, release: Release): Promise<void> {
    const { metrics, declining } = this.options;
    const waitedMs = Math.max(0, Date.now() - message.time.getTime());
    metrics.tookUp(lane, waitedMs);
    const settled = await this.settle(request, message.info.deliveryCount, waitedMs);
    if (settled === 'interrupted') return message.nak();
    if (typeof settled === 'string') {
      metrics.ended(request.data.task, lane, settled);
    } else {
      // Refusals are collected: with the slots held meanwhile, few a second would get through.
      release();
      await declining.add(request, settled.reason).catch(passOverRefusal);
    }
    message.ack();
  }

  private async settle(request: StoredRequest, deliveries: number, waitedMs: number): Promise<Settled> {
    const { caller, breaker, results, now } = this.options;
    if (millisecondsLeft(request, now()) <= 0) return 'expired';
    // The process that had it before may have ended between storing the result and acknowledging.
    if (deliveries > 1 && (await results.has(request))) return 'known';
    if (caller === undefined) return { reason: 'off' };
    const admission = breaker.admit();
    if (admission === undefined) return { reason: 'breaker_open' };
    const called = await caller.call(request, deliveries, admission);
    if (called.end === 'aborted') return 'interrupted';
    // Its owner lets it expire, or has done so already.
    if (called.end === 'late') return 'expired';
    if (called.end === 'failed') return { reason: called.failure.reason };
    if (millisecondsLeft(request, now()) <= 0) return 'late_here';
    return this.store(request, called.answer, waitedMs);
  }

  private async store(request: StoredRequest, answer: ModelAnswer, waitedMs: number): Promise<Settled> {
    const { refinementId, task, owner, conflictId } = request.data;
    const { output, provenance, usage, callMs } = answer;
    const firstTokenMs = answer.firstTokenMs === null ? null : Math.round(answer.firstTokenMs);
    const timing = { queuedMs: Math.round(waitedMs), firstTokenMs, callMs: Math.round(callMs) };
    const data: DataOf<'RefinementAnswered'> = {
      refinementId,
      task,
      owner,
      conflictId,
      output,
      provenance,
      usage,
      timing,
    };
    try {
      const eventId = uuid5(`${SERVICE}/0`, request.eventId);
      await this.options.results.store(request, eventId, 'RefinementAnswered', data);
      return 'answered';
    } catch (error) {
      if (!(error instanceof RefusedByLog)) throw error;
      // Another call would be paid for as well, and bring the like.
      this.options.logger.error({ refinementId, err: error }, 'an answer can not be stored');
      return { reason: 'schema_invalid' };
    }
  }

  private async failed(lane: Lane, message: JsMsg, request: StoredRequest | undefined, error: unknown): Promise<void> {
    const { streams, metrics, logger } = this.options;
    if (message.info.deliveryCount < MOST_DELIVERIES) return message.nak(REDELIVERY_MS);
    const reason = error instanceof Error ? error.message : String(error);
    try {
      await streams.bury(lane, message, reason);
      message.term('dead letter');
      metrics.ended(request?.data.task ?? 'unknown', lane, 'dead');
    } catch (buryError) {
      logger.error(
        { lane, subject: message.subject, err: buryError },
        'a dead letter can not be kept; it is tried again',
      );
      message.nak(REDELIVERY_MS);
    }
  }
}

/** Told where it happened; trying again can't help, and the owner lets it expire. */
const passOverRefusal = (error: unknown): void => {
  if (!(error instanceof RefusedByLog)) throw error;
};
