import { CALL_KINDS, type Call, targetOf } from './calls.ts';
import { figuresTable, overColdLimit, overTarget, percentile, spreadOf } from './figures.ts';

const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);

describe('percentile', () => {
  it.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
    [0.001, 1],
  ])('%p of 1 to 100 is %p', (share, value) => {
    expect(percentile(hundred, share)).toBe(value);
  });

  it.each([
    [[], 0],
    [[7], 7],
    [[1, 9], 9],
  ])('takes the nearest rank of %p', (values, value) => {
    expect(percentile(values, 0.99)).toBe(value);
  });

  it('leaves its values in their order', () => {
    const values = [3, 1, 2];
    percentile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });
});

const calls: Call[] = hundred.map((ms) => ({ kind: 'choice', ms: ms + 0.123 }));

describe('figures', () => {
  it('round to hundredths', () => {
    expect(spreadOf(calls)).toEqual({ p50: 50.12, p99: 99.12, max: 100.12 });
    expect(spreadOf([])).toEqual({ p50: 0, p99: 0, max: 0 });
  });

  it('stand in a line per kind, with its target', () => {
    const lines = figuresTable([...calls, { kind: 'sync', ms: 12.34 }]);
    expect(lines).toHaveLength(CALL_KINDS.length + 2);
    expect(lines.find((line) => line.startsWith('choice'))).toMatch(/^choice +100 +50\.1 +99\.1 +100\.1 +200$/);
    expect(lines.find((line) => line.startsWith('sync'))).toMatch(/^sync +1 +12\.3 +12\.3 +12\.3 +100$/);
    expect(lines.at(-1)).toMatch(/^all +101 /);
  });
});

describe('targets', () => {
  it('are those of the origin', () => {
    expect(CALL_KINDS.map(targetOf)).toEqual([200, 200, 300, 100, 200, 200, 200, 200, 200, 200]);
  });

  it('are missed by slower calls only', () => {
    const slow: Call[] = [
      { kind: 'sync', ms: 100 },
      { kind: 'sync', ms: 100.1 },
      { kind: 'create', ms: 299 },
      { kind: 'state', ms: 201 },
    ];
    expect(overTarget(slow)).toEqual([
      'a call "sync" took 100 ms; its target is 100 ms',
      'a call "state" took 201 ms; its target is 200 ms',
    ]);
  });

  it('are wider for a cold story', () => {
    const slow: Call[] = [
      { kind: 'sync', ms: 300 },
      { kind: 'create', ms: 301 },
    ];
    expect(overColdLimit(slow)).toEqual(['a cold call "create" took 301 ms; the limit is 300 ms']);
  });
});
