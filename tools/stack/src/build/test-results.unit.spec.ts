import { countsOf } from './test-results.ts';

describe('countsOf', () => {
  it('counts tests, and a suite that could not run as one failed', () => {
    const results = {
      success: false,
      numPassedTests: 12,
      numFailedTests: 2,
      numRuntimeErrorTestSuites: 1,
      numPendingTests: 3,
      numTodoTests: 1,
    };
    expect(countsOf(JSON.stringify(results))).toEqual({ passed: 12, failed: 3, skipped: 4 });
  });

  it.each(['', '{', 'null', '7'])('counts unreadable results as one failed: "%s"', (json) => {
    expect(countsOf(json)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('counts a failure that no test explains', () => {
    expect(countsOf(JSON.stringify({ success: false, numPassedTests: 4 }))).toMatchObject({ passed: 4, failed: 1 });
  });
});
