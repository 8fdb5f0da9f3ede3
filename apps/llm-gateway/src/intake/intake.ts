import type { DataOf } from '@agon/contracts';
import type { StoredEvent } from '@agon/event-store';
import type { MessagingLogger } from '@agon/messaging';
import type { Breaker } from '../breaker/breaker.ts';
import type { Declining } from '../dispatch/declining.ts';
import type { DispatchMetrics } from '../dispatch/metrics.ts';
import type { LaneStreams } from '../lanes/lane-streams.ts';
import { millisecondsLeft, type StoredRequest } from '../lanes/stored-request.ts';
import type { MarkKeeper } from './mark-keeper.ts';

export interface IntakeOptions {
  /** Whether there is a model at all. */
  on: boolean;
  breaker: Pick<Breaker, 'state'>;
  streams: Pick<LaneStreams, 'put'>;
  declining: Declining;
  marks: Pick<MarkKeeper, 'note'>;
  /** The log's clock, in milliseconds since 1970. */
  now: () => number;
  metrics: DispatchMetrics;
  logger: MessagingLogger;
}

/** From the log to the lanes. */
export class Intake {
  constructor(private readonly options: IntakeOptions) {}

  /**
   * Puts the request on its lane. What no lane will hold is declined, without waiting for that to be stored: refusals are
   * collected, and the messages behind this one need not wait.
   *
   * @throws TransientError when the broker is away.
   */
  async take(event: StoredEvent, data: DataOf<'RefinementRequested'>): Promise<void> {
    const { partition, storyId, eventId, correlationId, metadata } = event;
    const { game, inputSequence, seed, contentPack, traceparent } = metadata;
    const { declined } = await this.route({
      type: 'RefinementRequested',
      partition,
      storyId,
      eventId,
      correlationId,
      metadata: { game, inputSequence, seed, contentPack, traceparent },
      data,
    });
    this.options.marks.note(event, declined);
  }

  /** In the result, for a request that no lane holds: when its refusal is stored, which is not waited for here. */
  private async route(request: StoredRequest): Promise<{ declined?: Promise<void> }> {
    const { on, breaker, streams, declining, metrics, logger, now } = this.options;
    const { task, lane, refinementId } = request.data;
    if (!on) return { declined: declining.add(request, 'off') };
    // Its owner lets it expire.
    if (millisecondsLeft(request, now()) <= 0) {
      metrics.ended(task, lane, 'expired');
      return {};
    }
    // The way over the lane would cost what the model's failure must not; the request after the pause is the probe.
    if (breaker.state === 'open') return { declined: declining.add(request, 'breaker_open') };
    const put = await streams.put(request);
    if (put === 'put') return {};
    logger.warn({ lane, refinementId, put }, 'the lane does not take a request');
    return { declined: declining.add(request, put === 'full' ? 'overload' : 'bad_request') };
  }
}
