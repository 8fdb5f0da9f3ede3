import type { FailureReason, Lane, RefinementTask } from '@agon/contracts';
import type { BreakerState } from '../breaker/breaker.ts';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** How a request ended here; what becomes of its refinement is its owner's to count. */
export type RequestOutcome = 'answered' | 'known' | 'expired' | 'late_here' | 'dead' | FailureReason;

/** Seconds. A model takes from a tenth of a second to half a minute; its lane from nothing to its deadline. */
const BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 300];
const BREAKER_STATES: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 };

/** The figures of the way to the model and back. */
export class DispatchMetrics {
  private readonly requests: Counter<'task' | 'lane' | 'outcome'>;
  private readonly calls: Counter<'provider' | 'model' | 'outcome'>;
  private readonly breaker: Gauge;
  private readonly inFlight: Gauge;
  private readonly queueWait: Histogram<'lane'>;
  private readonly callSeconds: Histogram;
  private readonly firstToken: Histogram;
  private readonly depths: Gauge<'lane'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'agon_llm_requests_total',
      help: 'Requests for refinements that ended here, by outcome',
      labelNames: ['task', 'lane', 'outcome'],
      registers,
    });
    this.calls = new Counter({
      name: 'agon_llm_calls_total',
      help: 'Calls of the model, by outcome',
      labelNames: ['provider', 'model', 'outcome'],
      registers,
    });
    this.breaker = new Gauge({
      name: 'agon_llm_breaker_state',
      help: 'The circuit breaker before the model: 0 closed, 1 half-open, 2 open',
      registers,
    });
    this.inFlight = new Gauge({ name: 'agon_llm_in_flight', help: 'Calls of the model under way', registers });
    this.queueWait = new Histogram({
      name: 'agon_llm_queue_wait_seconds',
      help: 'Time that a request lay on its lane before it was taken up',
      labelNames: ['lane'],
      buckets: BUCKETS,
      registers,
    });
    this.callSeconds = new Histogram({
      name: 'agon_llm_call_seconds',
      help: 'Time of a call that was answered, from its start to the last token',
      buckets: BUCKETS,
      registers,
    });
    this.firstToken = new Histogram({
      name: 'agon_llm_first_token_seconds',
      help: 'Time from the start of a call to its first token',
      buckets: BUCKETS,
      registers,
    });
    this.depths = new Gauge({
      name: 'agon_llm_queue_depth',
      help: 'Requests on a lane, those in work included',
      labelNames: ['lane'],
      registers,
    });
  }

  ended(task: RefinementTask | 'unknown', lane: Lane, outcome: RequestOutcome): void {
    this.requests.inc({ task, lane, outcome });
  }

  tookUp(lane: Lane, waitedMs: number): void {
    this.queueWait.observe({ lane }, waitedMs / 1_000);
  }

  callBegan(): void {
    this.inFlight.inc();
  }

  /** `outcome`: `answered`, a reason of failure, or `aborted`. */
  callEnded(provider: string, model: string, outcome: 'answered' | 'aborted' | 'error' | FailureReason): void {
    this.inFlight.dec();
    this.calls.inc({ provider, model, outcome });
  }

  /** Milliseconds; `firstTokenMs` is null when the answer came in one piece. */
  answered(callMs: number, firstTokenMs: number | null): void {
    this.callSeconds.observe(callMs / 1_000);
    if (firstTokenMs !== null) this.firstToken.observe(firstTokenMs / 1_000);
  }

  breakerIs(state: BreakerState): void {
    this.breaker.set(BREAKER_STATES[state]);
  }

  depth(lane: Lane, messages: number): void {
    this.depths.set({ lane }, messages);
  }
}
