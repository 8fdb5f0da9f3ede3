import { readFileSync } from 'node:fs';

/** Counts of one project's suites. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function countIn(results: object, key: string): number {
  const value: unknown = Reflect.get(results, key);
  return typeof value === 'number' ? value : 0;
}

/**
 * The counts in what `jest --json` writes. A suite that could not run at all has no tests of its own and counts as one
 * failed; so does a project that left no readable results.
 */
export function countsOf(json: string): TestCounts {
  let results: unknown;
  try {
    results = JSON.parse(json);
  } catch {
    results = undefined;
  }
  if (typeof results !== 'object' || results === null) return { passed: 0, failed: 1, skipped: 0 };
  const failed = countIn(results, 'numFailedTests') + countIn(results, 'numRuntimeErrorTestSuites');
  const unsaid = failed === 0 && Reflect.get(results, 'success') !== true ? 1 : 0;
  return {
    passed: countIn(results, 'numPassedTests'),
    failed: failed + unsaid,
    skipped: countIn(results, 'numPendingTests') + countIn(results, 'numTodoTests'),
  };
}

/** The counts in a results file. */
export function readCounts(file: string): TestCounts {
  try {
    return countsOf(readFileSync(file, 'utf8'));
  } catch {
    return countsOf('');
  }
}
