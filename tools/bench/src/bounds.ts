/** A limit that a figure must keep. */
export interface Bound {
  /** The figure, as a person names it: `appends/s of 8 writers against emmett`. */
  readonly what: string;
  readonly value: number;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Stands behind each number: ` ms`. */
  readonly unit?: string;
}

const shown = (value: number): string => String(Math.round(value * 1000) / 1000);

/** A sentence for each bound that does not hold. A value that is no number breaks its bound. */
export const brokenOf = (bounds: readonly Bound[]): string[] =>
  bounds.flatMap(({ what, value, atLeast = -Infinity, atMost = Infinity, unit = '' }) => {
    if (value >= atLeast && value <= atMost) return [];
    const limit = value <= atMost ? `at least ${shown(atLeast)}` : `at most ${shown(atMost)}`;
    return [`${what}: ${shown(value)}${unit}, must be ${Number.isNaN(value) ? 'a number' : `${limit}${unit}`}`];
  });
