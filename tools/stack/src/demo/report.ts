import { isDeepStrictEqual } from 'node:util';
import { blockingOf } from './blocking.ts';
import type { Call } from './calls.ts';
import { factsOf } from './facts.ts';
import { type Spread, overColdLimit, overTarget, rounded, spreadOf } from './figures.ts';
import type { Played } from './play-story.ts';
import { type RefinementCounts, countFigures } from './refinement-counts.ts';

/** What became of the refinements of all stories. */
export interface Aftermath {
  readonly refinements: RefinementCounts;
  /** From the last call until nothing was open. */
  readonly settleMs: number;
  /** Of one model call. */
  readonly modelMs: number;
  /** What was wrong with them, a line each. */
  readonly missed: readonly string[];
}

/** What `./agon demo --json` prints. Milliseconds, unless the name says otherwise. */
export interface Report {
  readonly ok: boolean;
  /** Of the timed stories. */
  readonly calls: readonly Call[];
  readonly fast: Spread;
  /** The first story, which nothing was warmed for. */
  readonly cold: { readonly max: number };
  /** Of all stories. */
  readonly refinements: RefinementCounts;
  readonly settleMs: number;
  /** What the player of the timed stories waited in all, and what the blocking design would have made of it. */
  readonly fastMs: number;
  readonly blockingMs: number;
  readonly figures: Readonly<Record<string, number>>;
  /** Why it is not ok, a line each. */
  readonly missed: readonly string[];
}

export interface Performance {
  /** The narrated story. */
  readonly first: Played;
  /** The stories after it. */
  readonly timed: readonly Played[];
  readonly aftermath: Aftermath;
}

/** @param figures further figures */
export function reportOf({ first, timed, aftermath }: Performance, figures: Readonly<Record<string, number>>): Report {
  const calls = timed.flatMap((story) => story.calls).map((call) => ({ ...call, ms: rounded(call.ms) }));
  const missed = [
    ...first.missed.map((line) => `first story: ${line}`),
    ...timed.flatMap((story, n) => story.missed.map((line) => `story ${n + 1}: ${line}`)),
    ...timed.flatMap((story, n) =>
      sameEnd(first, story) ? [] : [`story ${n + 1}: ends otherwise with the same seed`],
    ),
    ...overColdLimit(first.calls),
    ...overTarget(calls),
    ...aftermath.missed,
  ];
  const { refinements, settleMs, modelMs } = aftermath;
  const blocking = blockingOf(calls, modelMs);
  return {
    ok: missed.length === 0,
    calls,
    fast: spreadOf(calls),
    cold: { max: spreadOf(first.calls).max },
    refinements,
    settleMs: rounded(settleMs),
    fastMs: rounded(calls.reduce((sum, { ms }) => sum + ms, 0)),
    blockingMs: blocking.total,
    figures: {
      stories: timed.length,
      calls: calls.length,
      streamBehindMaxMs: rounded(Math.max(0, ...timed.map(({ catchUpMs }) => catchUpMs))),
      staleReads: timed.reduce((sum, story) => sum + story.staleReads, 0),
      ...countFigures(refinements),
      settleMs: rounded(settleMs),
      modelMs,
      blockingP50Ms: blocking.p50,
      blockingTotalMs: blocking.total,
      ...figures,
    },
    missed,
  };
}

const sameEnd = ({ end: a }: Played, { end: b }: Played): boolean =>
  a === undefined || b === undefined ? a === b : isDeepStrictEqual(factsOf(a), factsOf(b));
