import type { Pool } from 'pg';

/** Between two looks at the database's clock, in milliseconds. */
const LOOK_MS = 10_000;

/**
 * The clock of the database: it dates the events, and every deadline counts from an event's date. The clock of the machine
 * that a service runs on may be minutes off.
 */
export class LogClock {
  private aheadMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  /** Milliseconds since 1970; this machine's own before the first look. */
  readonly now = (): number => Date.now() - this.aheadMs;

  /** Looks at the database's clock now and from time to time. Throws when Postgres can't be reached. */
  async start(): Promise<void> {
    await this.look();
    // Postgres away: what was seen last holds.
    this.timer = setInterval(() => void this.look().catch(() => undefined), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const asked = Date.now();
    const { rows } = await this.pool.query<{ now: number }>(
      'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
    );
    // Postgres looked between question and answer.
    const meanwhile = (asked + Date.now()) / 2;
    this.aheadMs = meanwhile - (rows[0]?.now ?? meanwhile);
  }
}
