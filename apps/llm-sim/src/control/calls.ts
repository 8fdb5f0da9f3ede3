import { z } from 'zod';
import type { Mode } from '../scenario.ts';

export type Outcome = 'answered' | 'failed' | 'aborted';
export const OUTCOMES: readonly Outcome[] = ['answered', 'failed', 'aborted'];

/** Calls that are kept; older ones are forgotten. */
const KEPT = 5000;

export interface NewCall {
  readonly path: string;
  readonly mode: Mode;
  /** As it came. Kept as text, which takes less memory than what it says, and read again when somebody asks. */
  readonly body: string;
  readonly facts: Readonly<Record<string, unknown>> | null;
}

interface KeptCall extends NewCall {
  readonly n: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  endedAt: number | null;
  outcome: Outcome | 'open';
}

export interface Call {
  /** Only the first end counts. */
  end(outcome: Outcome): void;
}

/** What the simulator was asked, and what became of it. */
export class Calls {
  private kept: KeptCall[] = [];
  private last = 0;
  private readonly counts = new Map<Outcome, number>();

  begin(call: NewCall): Call {
    this.last += 1;
    const kept: KeptCall = { ...call, n: this.last, startedAt: Date.now(), endedAt: null, outcome: 'open' };
    this.kept.push(kept);
    if (this.kept.length > KEPT) this.kept.shift();
    return {
      end: (outcome) => {
        if (kept.outcome !== 'open') return;
        kept.outcome = outcome;
        kept.endedAt = Date.now();
        this.counts.set(outcome, this.ended(outcome) + 1);
      },
    };
  }

  /** How many calls ended like this since the process started. */
  ended(outcome: Outcome): number {
    return this.counts.get(outcome) ?? 0;
  }

  /**
   * The newest calls, newest last, and how many there are in all.
   * @param contains only calls in whose request some string holds this
   */
  find({ contains = '', limit }: { contains?: string | undefined; limit: number }): { total: number; calls: object[] } {
    const found = this.kept.filter(({ body }) => contains === '' || holds(readJson(body), contains));
    return { total: found.length, calls: found.slice(Math.max(0, found.length - limit)).map(shown) };
  }

  /** Calls that are still open go on, but nobody will find them. */
  forget(): void {
    this.kept = [];
    this.last = 0;
  }
}

const shown = ({ body, startedAt, endedAt, ...call }: KeptCall): object => ({
  ...call,
  at: new Date(startedAt).toISOString(),
  request: readJson(body),
  startedAt,
  endedAt,
  ms: endedAt === null ? null : endedAt - startedAt,
});

/** What a text says as JSON, or the text itself. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const record = z.record(z.string(), z.unknown());

function holds(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value.includes(text);
  if (Array.isArray(value)) return value.some((item) => holds(item, text));
  return Object.values(record.safeParse(value).data ?? {}).some((member) => holds(member, text));
}
