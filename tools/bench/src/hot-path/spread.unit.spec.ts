import type { Sample } from './calls.ts';
import { NEVER_MS, cell, timesOf } from './spread.ts';

const sample = (ms: number, outcome: Sample['outcome'] = 'complete'): Sample => ({
  kind: 'choice',
  ms,
  outcome,
  key: undefined,
});

describe('timesOf', () => {
  it('takes the nearest rank', () => {
    const samples = Array.from({ length: 100 }, (_, n) => sample(n + 1));
    expect(timesOf(samples)).toEqual({ count: 100, p50: 50, p99: 99, lacking: 0 });
  });

  it('counts what was not answered in full as never answered, however quick it was', () => {
    const samples = [...Array.from({ length: 98 }, () => sample(5)), sample(1, 'partial'), sample(1, 'unanswered')];
    expect(timesOf(samples)).toEqual({ count: 100, p50: 5, p99: NEVER_MS, lacking: 0.02 });
  });
});

describe('cell', () => {
  it('shows both, and says never', () => {
    expect(cell({ count: 2, p50: 5.04, p99: NEVER_MS, lacking: 0.1 })).toBe('5.0 / never');
  });

  it('is empty where nothing was called', () => {
    expect(cell(timesOf([]))).toBe('');
  });
});
