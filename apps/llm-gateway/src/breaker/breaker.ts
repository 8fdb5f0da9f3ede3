import CircuitBreaker from 'opossum';
import type { Verdict } from '../model/model.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerOptions {
  /** Of what it protects, such as `openai/gpt-5-mini`. */
  readonly name: string;
  /** How many of the last outcomes are looked back on. */
  readonly window?: number;
  /** With fewer outcomes than this it stays closed. */
  readonly volume?: number;
  /** It opens when more than this percentage of them are failures. */
  readonly failurePercent?: number;
  /** Milliseconds from opening to the first probe, before jitter. */
  readonly resetMs?: number;
  /** The same after `broken`: a wrong key or a spent quota does not mend itself. */
  readonly brokenMs?: number;
  /** Milliseconds of the longest call: a probe that has told nothing until then is given up for lost. */
  readonly longestCallMs?: number;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
  /** Told every change of state, for log and metric. */
  readonly onChange?: (state: BreakerState) => void;
}

/** Leave to make one call. */
export interface Admission {
  /**
   * What has become of the call; must be told once, whatever it was. Only the first report counts. Resolves when the
   * state says so, and never rejects.
   */
  report(verdict: Verdict): Promise<void>;
}

/** The outcome as opossum wants it: it counts what its action throws. */
const FAILED = new Error('the call has failed');

/** Between 0.8 and 1.2, so that processes that opened together don't probe together. */
const jitter = (random: () => number): number => 0.8 + 0.4 * random();

/**
 * A circuit breaker that is told outcomes. opossum holds the state and the reset timer and lets the probe decide; it never
 * sees the calls themselves, so that slow ones outlast nothing, those in flight dilute nothing, and what says nothing about
 * the provider's health (429, 4xx, our own cancellations) is `neutral` and not counted at all.
 *
 * The window counts outcomes, not time: after a day of successes a provider that fails is left alone within 20 calls, those
 * in flight included, where half a minute of successes would first have to be outnumbered.
 */
export class Breaker {
  readonly name: string;
  private readonly circuit: CircuitBreaker<[failed: boolean], void>;
  /** opossum reads the time to its next probe from here whenever it opens; it keeps the very object it was given. */
  private readonly settings: CircuitBreaker.Options<[failed: boolean]>;
  private readonly resetMs: number;
  private readonly brokenMs: number;
  private readonly longestCallMs: number;
  /** The last outcomes since it was closed, the newest last; true for a failure. */
  private recent: boolean[] = [];
  private readonly trips: (recent: readonly boolean[]) => boolean;
  private readonly window: number;
  private readonly random: () => number;
  /** Raised by every opening: what was admitted before it must not decide what happens after it. */
  private epoch = 0;
  private probe: { readonly admission: Admission; readonly lostAt: number } | undefined;

  constructor({
    name,
    window = 20,
    volume = 10,
    failurePercent = 50,
    resetMs = 10_000,
    brokenMs = 600_000,
    longestCallMs = 60_000,
    random = Math.random,
    onChange = () => undefined,
  }: BreakerOptions) {
    this.name = name;
    this.resetMs = resetMs;
    this.brokenMs = brokenMs;
    this.longestCallMs = longestCallMs;
    this.random = random;
    this.window = window;
    this.trips = (recent) =>
      recent.length >= volume && recent.filter(Boolean).length * 100 > failurePercent * recent.length;
    this.settings = {
      name,
      timeout: false,
      // While closed, `trips` decides; a probe's failure opens whatever the volume.
      volumeThreshold: Number.MAX_SAFE_INTEGER,
      resetTimeout: resetMs * jitter(random),
      enableSnapshots: false,
      rollingPercentilesEnabled: false,
    };
    this.circuit = new CircuitBreaker(async (failed: boolean) => {
      if (failed) throw FAILED;
    }, this.settings);
    this.circuit.on('open', () => {
      this.epoch += 1;
      this.probe = undefined;
      // The timer of this opening runs already; this is for the next one.
      this.settings.resetTimeout = this.resetMs * jitter(this.random);
      onChange('open');
    });
    this.circuit.on('halfOpen', () => onChange('half-open'));
    this.circuit.on('close', () => {
      this.probe = undefined;
      this.recent = [];
      onChange('closed');
    });
  }

  get state(): BreakerState {
    if (this.circuit.closed) return 'closed';
    return this.circuit.halfOpen ? 'half-open' : 'open';
  }

  /** Leave for one call; undefined while it is open, while its one probe is out, and after `shutdown`. */
  admit(): Admission | undefined {
    if (this.state === 'open') return undefined;
    if (this.state === 'closed') return this.admission();
    if (this.probe !== undefined && performance.now() < this.probe.lostAt) return undefined;
    const admission = this.admission();
    this.probe = { admission, lostAt: performance.now() + this.longestCallMs };
    return admission;
  }

  /** Ends its timers; nothing is admitted any more. */
  shutdown(): void {
    this.circuit.shutdown();
  }

  private admission(): Admission {
    const { epoch } = this;
    let reported = false;
    const admission: Admission = {
      report: async (verdict) => {
        if (reported) return;
        reported = true;
        if (epoch === this.epoch && !this.circuit.isShutdown) await this.settle(admission, verdict);
      },
    };
    return admission;
  }

  private async settle(admission: Admission, verdict: Verdict): Promise<void> {
    // Someone else's probe is out by now.
    if (this.state === 'half-open' && this.probe?.admission !== admission) return;
    if (verdict === 'neutral') this.probe = undefined;
    else if (verdict === 'broken') this.breakDown();
    else await this.count(verdict === 'failure');
  }

  private async count(failed: boolean): Promise<void> {
    this.recent = [...this.recent, failed].slice(-this.window);
    if (failed && this.state === 'closed' && this.trips(this.recent)) this.circuit.open();
    // The probe stays out until opossum has moved on, or a second one would slip through.
    else await this.circuit.fire(failed).catch(() => undefined);
  }

  private breakDown(): void {
    this.settings.resetTimeout = this.brokenMs * jitter(this.random);
    this.circuit.open();
  }
}
