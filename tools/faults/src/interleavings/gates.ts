import type { LogConnection, OpenLog } from '../log/open-log.ts';

/** Where a session waits: before it stores what it decided, and with everything done but the commit. */
export type Gate = 'store' | 'commit';

/** The longest that a statement may take that waits for nobody, in milliseconds. */
const STILL_MS = 10_000;

const numbers: Readonly<Record<Gate, number>> = { store: 1, commit: 2 };

/**
 * A session that has a number in `agon.gate` waits in these triggers for advisory locks that the scheduler holds. Others
 * pass.
 */
const TRIGGERS = `
create function public.wait_at_gate() returns trigger language plpgsql as $$
begin
  if coalesce(current_setting('agon.gate', true), '') <> '' then
    perform pg_advisory_xact_lock_shared(current_setting('agon.gate')::int, tg_argv[0]::int);
  end if;
  return null;
end $$;`;

const triggerOn = (table: string, event: string): string => `
create trigger gate_store before ${event} on ${table} for each statement
  execute function public.wait_at_gate('${numbers.store}');
create constraint trigger gate_commit after ${event} on ${table} deferrable initially deferred for each row
  execute function public.wait_at_gate('${numbers.commit}');`;

/** Stops sessions at chosen points inside their statements, and lets them go on one by one. */
export class Gates {
  private constructor(
    private readonly scheduler: LogConnection,
    private readonly observer: LogConnection,
  ) {}

  /** @param tables with the kind of change at which a session waits: `['agon_log.events', 'insert']` */
  static async build(open: OpenLog, tables: readonly (readonly [string, 'insert' | 'update'])[]): Promise<Gates> {
    const scheduler = await open.connect();
    await scheduler.query(TRIGGERS);
    for (const [table, event] of tables) await scheduler.query(triggerOn(table, event));
    return new Gates(scheduler, await open.connect());
  }

  /** The triggers look for this on the session of an actor. */
  static number(actor: number): string {
    return `set agon.gate = '${actor}'`;
  }

  async shut(actor: number, gates: readonly Gate[]): Promise<void> {
    for (const gate of gates) await this.scheduler.query(`select pg_advisory_lock(${actor}, ${numbers[gate]})`);
  }

  async open(actor: number, gate: Gate): Promise<void> {
    await this.scheduler.query(`select pg_advisory_unlock(${actor}, ${numbers[gate]})`);
  }

  /** Waits until every session has ended its statement or stands still at a gate or behind another's lock. */
  async still(sessions: readonly { readonly pid: number; readonly running: () => boolean }[]): Promise<void> {
    for (const end = performance.now() + STILL_MS; performance.now() < end;) {
      // Let the answers that have come be read first.
      await new Promise(setImmediate);
      const running = sessions.filter((session) => session.running());
      if (running.length === 0) return;
      const waiting = await this.waiting(running.map(({ pid }) => pid));
      if (running.every((session) => waiting.has(session.pid) || !session.running())) return;
    }
    throw new Error(`a session neither ends nor waits within ${STILL_MS} ms`);
  }

  private async waiting(pids: readonly number[]): Promise<ReadonlySet<number>> {
    const found = await this.observer.query(
      `select distinct pid from pg_locks where not granted and pid in (${pids.join(', ')})`,
    );
    return new Set(found.map(({ pid }) => Number(pid)));
  }
}
