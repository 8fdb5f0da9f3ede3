import { maskPasswords } from './mask.ts';

export type HealthState = 'up' | 'degraded' | 'down';

export interface HealthReport {
  state: HealthState;
  /** One line for whoever looks: what is wrong, how far behind. */
  detail?: string | undefined;
}

/** One thing that a service needs or uses. */
export interface HealthIndicator {
  name: string;
  /** Without it the service can't do its own work (default). False: its absence only degrades, as with the broker. */
  required?: boolean | undefined;
  /** Asked on every readiness request; throwing, or taking longer than a second, counts as `down`. */
  check(): HealthState | HealthReport | Promise<HealthState | HealthReport>;
}

export interface Readiness {
  status: 'ready' | 'degraded' | 'down';
  service: string;
  /** Why it is down although every check may pass: it is still starting, or already stopping. */
  phase: 'starting' | 'running' | 'stopping';
  checks: Record<string, HealthReport>;
}

/** A check that hangs is as good as a failed one. */
const CHECK_TIMEOUT_MS = 1000;

const ask = async (indicator: HealthIndicator): Promise<HealthReport> => {
  try {
    const answer = await indicator.check();
    return typeof answer === 'string' ? { state: answer } : answer;
  } catch (error) {
    return { state: 'down', detail: maskPasswords(error instanceof Error ? error.message : String(error)) };
  }
};

const check = async (indicator: HealthIndicator, timeoutMs: number): Promise<HealthReport> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthReport>((resolve) => {
    timer = setTimeout(() => resolve({ state: 'down', detail: `no answer in ${timeoutMs} ms` }), timeoutMs);
  });
  const report = await Promise.race([ask(indicator), late]);
  clearTimeout(timer);
  const optional = indicator.required === false;
  return optional && report.state === 'down' ? { ...report, state: 'degraded' } : report;
};

/** What a service's readiness rests on. Modules register their indicators when they are initialised. */
export class HealthRegistry {
  private readonly indicators = new Map<string, HealthIndicator>();
  private phase: Readiness['phase'] = 'starting';

  constructor(
    private readonly service: string,
    private readonly timeoutMs = CHECK_TIMEOUT_MS,
  ) {}

  /** @throws when the name is taken: two modules would hide one another. */
  register(indicator: HealthIndicator): void {
    if (this.indicators.has(indicator.name)) throw new Error(`health indicator ${indicator.name} exists already`);
    this.indicators.set(indicator.name, indicator);
  }

  /** Every consumer is bound: from now on the checks decide. */
  started(): void {
    this.phase = 'running';
  }

  /** The process was told to end: it is not ready whatever the checks say. */
  stopping(): void {
    this.phase = 'stopping';
  }

  /** Asks all indicators at once; takes a second at most. */
  async readiness(): Promise<Readiness> {
    const checks = Object.fromEntries(
      await Promise.all(
        [...this.indicators.values()].map(
          async (indicator) => [indicator.name, await check(indicator, this.timeoutMs)] as const,
        ),
      ),
    );
    const states = new Set(Object.values(checks).map(({ state }) => state));
    const { service, phase } = this;
    if (phase !== 'running' || states.has('down')) return { status: 'down', service, phase, checks };
    return { status: states.has('degraded') ? 'degraded' : 'ready', service, phase, checks };
  }
}
