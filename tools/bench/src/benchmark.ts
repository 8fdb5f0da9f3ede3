/** How a benchmark is run. */
export interface BenchContext {
  /** Takes longer than ten minutes, for narrower figures. */
  readonly long: boolean;
  /** Takes seconds and shows only that everything runs: its figures mean nothing. */
  readonly smoke: boolean;
  /** Prints one line of progress for the person who waits. */
  readonly say: (line: string) => void;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

export interface BenchResult {
  /** What was measured, by name; the unit ends the name where it is not plain: `append_8w_1e_per_s`. */
  readonly figures: Readonly<Record<string, number>>;
  /** Bounds that do not hold, a sentence each. */
  readonly broken: readonly string[];
  /** What this machine could not measure, and why, a sentence each. */
  readonly absent: readonly string[];
  /** For people; the first row is the heading. */
  readonly table: readonly (readonly string[])[];
  /** Lines below the table: what the figures rest on, what limits them. */
  readonly notes?: readonly string[];
  /** Everything that was measured, kept as JSON. Holds no path, address or name of a machine. */
  readonly details: unknown;
}

/** One word of `npm run bench`. */
export interface Benchmark {
  readonly name: string;
  /** What it compares, in one line. */
  readonly summary: string;
  run(context: BenchContext): Promise<BenchResult>;
}
