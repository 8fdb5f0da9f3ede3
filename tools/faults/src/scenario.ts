/** What a scenario gets from whoever runs it. */
export interface ScenarioContext {
  /** More of everything; the default keeps the whole suite within ten minutes on two cores. */
  readonly long: boolean;
  /** Whether the bounds on times count: not where other suites share the machine. */
  readonly timed: boolean;
  /** What is left to chance follows from this number. */
  readonly seed: number;
  /** Prints one line of progress. */
  readonly say: (line: string) => void;
  /** Aborted when the run is called off. */
  readonly signal: AbortSignal;
}

export interface ScenarioResult {
  /** What went on during the faults: inputs, inputs per second, events, … */
  readonly load: Readonly<Record<string, number>>;
  /** How many faults were injected. */
  readonly faults: number;
  /** For each fault that ends: seconds from its end until inputs are accepted and answered completely again. */
  readonly recoverySeconds: readonly number[];
  /** A line per law that does not hold; none, or the scenario has failed. */
  readonly violations: readonly string[];
  readonly figures?: Readonly<Record<string, number>>;
}

/** One kind of fault: injected under load, and what must hold after it. */
export interface Scenario {
  /** On the command line: `killed-services`. */
  readonly name: string;
  /** In the list of faults: `F1`. */
  readonly code: string;
  readonly title: string;
  /** What this machine lacks; the scenario is then reported as missed. */
  readonly missing?: () => Promise<string | undefined>;
  /** @throws Error when the scenario itself can't be carried out; that counts as a violation */
  readonly run: (context: ScenarioContext) => Promise<ScenarioResult>;
}
