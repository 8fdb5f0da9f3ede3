import { interleaved, ratios, spreadOf } from './rounds.ts';

const contestants = (order: string[]) =>
  ['a', 'b', 'c'].map((name) => ({ name, measure: () => Promise.resolve(order.push(name)) }));

describe('interleaved', () => {
  it('measures each once per round, and each round begins with another', async () => {
    const order: string[] = [];
    await interleaved(contestants(order), { count: 3, warmUps: 0 });
    expect(order.join('')).toBe('abcbcacab');
  });

  it('leaves the warm-up rounds out', async () => {
    const samples = await interleaved(contestants([]), { count: 2, warmUps: 1 });
    expect([...samples]).toEqual([
      ['a', [6, 8]],
      ['b', [4, 9]],
      ['c', [5, 7]],
    ]);
  });

  it('ends when it is told to', async () => {
    const order: string[] = [];
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(interleaved(contestants(order), { count: 1, signal })).rejects.toThrow('enough');
    expect(order).toEqual([]);
  });
});

describe('spreadOf', () => {
  it('is the median with the smallest and the largest', () => {
    expect(spreadOf([9, 1, 4])).toEqual({ median: 4, min: 1, max: 9 });
  });

  it('takes the lower one of two middle values', () => {
    expect(spreadOf([4, 3, 2, 1])).toEqual({ median: 2, min: 1, max: 4 });
  });

  it('is 0 of no values', () => {
    expect(spreadOf([])).toEqual({ median: 0, min: 0, max: 0 });
  });
});

describe('ratios', () => {
  it('compares round by round', () => {
    expect(ratios([10, 30], [5, 10])).toEqual([2, 3]);
  });

  it('leaves out a round that one of them has not', () => {
    expect(ratios([10, 30, 5], [0, 10])).toEqual([3]);
  });
});
