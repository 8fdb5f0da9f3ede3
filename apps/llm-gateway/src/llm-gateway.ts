import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '@agon/event-store';
import type { MessagingLogger } from '@agon/messaging';
import type { HealthReport } from '@agon/service-kit';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Registry } from 'prom-client';
import { Breaker } from './breaker/breaker.ts';
import { Caller } from './dispatch/call.ts';
import { Declining } from './dispatch/declining.ts';
import { Dispatcher } from './dispatch/dispatcher.ts';
import { DispatchMetrics } from './dispatch/metrics.ts';
import { Results } from './dispatch/results.ts';
import { Slots } from './lanes/slots.ts';
import { Intake } from './intake/intake.ts';
import { MarkKeeper } from './intake/mark-keeper.ts';
import { LanePuller } from './lanes/lane-puller.ts';
import { type LaneOptions, LANES, LaneStreams } from './lanes/lane-streams.ts';
import type { ModelChoice } from './model/model.ts';

/** Between two looks at how much lies on the lanes, in milliseconds. */
const DEPTH_MS = 5_000;
/** How long an end waits for calls under way, in milliseconds. */
const GRACE_MS = 5_000;
/** How long aborted calls, and results that wait for the log, then get to end, in milliseconds. */
const ABORT_MS = 1_000;

export interface LlmGatewayOptions {
  choice: ModelChoice;
  /** Calls of the model under way at once. */
  concurrency: number;
  /** Milliseconds from the breaker's opening to its first probe. */
  breakerResetMs: number;
  log: EventLog;
  /** The log's clock, in milliseconds since 1970: deadlines are set by it. */
  now: () => number;
  nats: NatsConnection;
  registry: Registry;
  lanes?: LaneOptions | undefined;
  /** How long an urgent lane may keep silent before less urgent ones are served; see Slots. */
  laneGraceMs?: number | undefined;
  /** How long an end waits for calls under way, in milliseconds; 5,000 when absent. */
  graceMs?: number | undefined;
  logger: MessagingLogger;
}

/** The parts of the service, from the log over the lanes to the model and back, and their life. */
export class LlmGateway {
  readonly intake: Intake;
  readonly breaker: Breaker;
  private readonly aborting = new AbortController();
  private readonly ended = new AbortController();
  private readonly metrics: DispatchMetrics;
  private readonly streams: LaneStreams;
  private readonly declining: Declining;
  private readonly marks: MarkKeeper;
  private readonly pullers: readonly LanePuller[];
  private depthTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LlmGatewayOptions) {
    const { choice, concurrency, log, now, nats, registry, lanes, logger } = options;
    const { model } = choice;
    const metrics = new DispatchMetrics(registry);
    const streams = new LaneStreams(nats, lanes);
    const aborting = this.aborting.signal;
    const ended = this.ended.signal;
    const results = new Results({ log, ended, logger });
    this.metrics = metrics;
    this.streams = streams;
    this.breaker = this.makeBreaker();
    this.declining = new Declining({ results, metrics, logger });
    this.marks = new MarkKeeper(log, logger);
    const { breaker, declining, marks } = this;
    const caller = model && new Caller({ model, nats, aborting, now, metrics, logger });
    const dispatcher = new Dispatcher({ caller, breaker, results, declining, streams, ended, now, metrics, logger });
    const work = dispatcher.work.bind(dispatcher);
    const slots = new Slots(concurrency, options.laneGraceMs);
    this.pullers = LANES.map((lane) => new LanePuller({ lane, nats, streams, slots, work, logger }));
    this.intake = new Intake({ on: model !== undefined, breaker, streams, declining, marks, now, metrics, logger });
  }

  /** Starts to work on what lies on the lanes; also with the broker away. */
  start(): void {
    for (const puller of this.pullers) puller.start();
    this.depthTimer = setInterval(() => void this.measureDepths(), DEPTH_MS);
  }

  /** Takes nothing more from the lanes and lets calls under way end; those that take too long go back to their lanes. */
  async drain(): Promise<void> {
    clearInterval(this.depthTimer);
    const settled = Promise.all(this.pullers.map((puller) => puller.stop().then(() => puller.settled())));
    await within(settled, this.options.graceMs ?? GRACE_MS);
    this.aborting.abort(new Error('the process ends'));
    await within(settled, ABORT_MS);
  }

  /** Stores what was collected. Before it, the service's consumers have to have stopped; after it, the log may be closed. */
  async close(): Promise<void> {
    const stored = this.declining.flush().then(() => this.marks.stop());
    await within(stored, ABORT_MS);
    this.ended.abort(new Error('the process ends'));
    this.breaker.shutdown();
  }

  /** The model, and the state of the breaker before it. That there is none is nobody's fault. */
  modelHealth(): HealthReport {
    const { model, description } = this.options.choice;
    if (model === undefined) return { state: 'up', detail: `off: ${description}` };
    const { state } = this.breaker;
    return { state: state === 'open' ? 'degraded' : 'up', detail: `${description}, breaker ${state}` };
  }

  lanesHealth(): HealthReport {
    const reachable = this.pullers.filter((puller) => puller.reachable).length;
    const detail = `${reachable} of ${LANES.length} lanes reached`;
    return { state: reachable < LANES.length ? 'degraded' : 'up', detail };
  }

  private makeBreaker(): Breaker {
    const { choice, breakerResetMs: resetMs, logger } = this.options;
    const name = choice.model === undefined ? 'off' : `${choice.model.provider}/${choice.model.name}`;
    return new Breaker({
      name,
      resetMs,
      onChange: (state) => {
        this.metrics.breakerIs(state);
        logger.warn({ model: name, state }, `the breaker is ${state}`);
      },
    });
  }

  private async measureDepths(): Promise<void> {
    for (const lane of LANES) {
      try {
        this.metrics.depth(lane, await this.streams.depth(lane));
      } catch {
        // The lanes' health and their pullers' log lines tell of a broker that is away.
        return;
      }
    }
  }
}

/** Waits for it, but not longer. */
const within = async (work: Promise<unknown>, milliseconds: number): Promise<void> => {
  const giveUp = new AbortController();
  const { signal } = giveUp;
  await Promise.race([work, delay(milliseconds, undefined, { signal }).catch(() => undefined)]);
  giveUp.abort();
};
