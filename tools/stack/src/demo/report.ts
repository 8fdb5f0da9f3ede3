import { isDeepStrictEqual } from 'node:util';
import type { Call } from './calls.ts';
import { type Spread, overColdLimit, overTarget, rounded, spreadOf } from './figures.ts';
import type { Played } from './play-story.ts';

/** What `./agon demo --json` prints. */
export interface Report {
  readonly ok: boolean;
  /** Of the timed stories. */
  readonly calls: readonly Call[];
  readonly fast: Spread;
  /** The first story, which nothing was warmed for. */
  readonly cold: { readonly max: number };
  /** Milliseconds, unless the name says otherwise. */
  readonly figures: Readonly<Record<string, number>>;
  /** Why it is not ok, a line each. */
  readonly missed: readonly string[];
}

/**
 * @param first the narrated story
 * @param timed the stories after it
 * @param figures further figures
 */
export function reportOf(first: Played, timed: readonly Played[], figures: Readonly<Record<string, number>>): Report {
  const calls = timed.flatMap((story) => story.calls).map(({ kind, ms }) => ({ kind, ms: rounded(ms) }));
  const missed = [
    ...first.missed.map((line) => `first story: ${line}`),
    ...timed.flatMap((story, n) => story.missed.map((line) => `story ${n + 1}: ${line}`)),
    ...timed.flatMap((story, n) =>
      sameEnd(first, story) ? [] : [`story ${n + 1}: ends otherwise with the same seed`],
    ),
    ...overColdLimit(first.calls),
    ...overTarget(calls),
  ];
  return {
    ok: missed.length === 0,
    calls,
    fast: spreadOf(calls),
    cold: { max: spreadOf(first.calls).max },
    figures: {
      stories: timed.length,
      calls: calls.length,
      streamBehindMaxMs: rounded(Math.max(0, ...timed.map(({ catchUpMs }) => catchUpMs))),
      staleReads: timed.reduce((sum, story) => sum + story.staleReads, 0),
      ...figures,
    },
    missed,
  };
}

/** Positions are those of a partition, which other stories share. */
const sameEnd = ({ end: a }: Played, { end: b }: Played): boolean =>
  isDeepStrictEqual(a?.conflicts, b?.conflicts) && isDeepStrictEqual(a?.circle, b?.circle);
