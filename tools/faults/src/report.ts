import type { Scenario, ScenarioResult } from './scenario.ts';

/** How a scenario ended. */
export type Outcome = { readonly scenario: Scenario; readonly seconds: number } & (
  | { readonly state: 'passed' | 'failed'; readonly result: ScenarioResult }
  | { readonly state: 'missed'; readonly missing: string }
);

/** Violations of one scenario that are printed; a broken law tends to break everywhere. */
const SHOWN = 12;
/** Characters of one violation that are printed. */
const WIDTH = 300;

const longest = ({ recoverySeconds }: ScenarioResult): number => Math.max(0, ...recoverySeconds);

const wordsOf = (numbers: Readonly<Record<string, number>> = {}): string =>
  Object.entries(numbers)
    .map(([name, value]) => `${name} ${rounded(value)}`)
    .join(', ');

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** Lines for a person: a row per scenario, what each held, and what it broke. */
export function tableOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap((outcome) => {
    const { scenario, state, seconds } = outcome;
    const head = `${scenario.code.padEnd(4)} ${scenario.name.padEnd(24)} ${state.padEnd(7)}`;
    if (outcome.state === 'missed') return [`${head} ${outcome.missing}`];
    const { result } = outcome;
    const { faults, violations, load, figures, recoverySeconds } = result;
    const recovery = recoverySeconds.length === 0 ? '-' : `${longest(result).toFixed(1)} s`;
    return [
      `${head} ${faults} faults, recovery ≤ ${recovery}, ${violations.length} violations, ${seconds.toFixed(0)} s`,
      `     load: ${wordsOf(load)}${figures === undefined ? '' : `; ${wordsOf(figures)}`}`,
      ...violations.slice(0, SHOWN).map((line) => `     ! ${line.slice(0, WIDTH)}`),
      ...(violations.length > SHOWN ? [`     ! and ${violations.length - SHOWN} more`] : []),
    ];
  });
}

/** The line for scripts. */
export function jsonLine(outcomes: readonly Outcome[], seed: number): string {
  const figures: Record<string, number> = {};
  const violations: string[] = [];
  const missed: string[] = [];
  for (const outcome of outcomes) {
    const { name } = outcome.scenario;
    if (outcome.state === 'missed') {
      missed.push(`${name}: ${outcome.missing}`);
      continue;
    }
    const { result } = outcome;
    const numbers = { ...result.load, ...result.figures, faults: result.faults, recoverySeconds: longest(result) };
    for (const [key, value] of Object.entries(numbers)) figures[`${name}.${key}`] = rounded(value);
    figures[`${name}.violations`] = result.violations.length;
    violations.push(...result.violations.map((line) => `${name}: ${line}`));
  }
  const ok = violations.length === 0 && outcomes.some(({ state }) => state === 'passed');
  return JSON.stringify({ ok, figures, missed, violations, seed });
}
