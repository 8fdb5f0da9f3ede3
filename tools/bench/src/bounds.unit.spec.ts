import { brokenOf } from './bounds.ts';

describe('brokenOf', () => {
  it('says nothing of bounds that hold, the limits included', () => {
    expect(
      brokenOf([
        { what: 'a', value: 2, atLeast: 2 },
        { what: 'b', value: 2, atMost: 2 },
      ]),
    ).toEqual([]);
  });

  it('says what is too small and what is too large', () => {
    expect(
      brokenOf([
        { what: 'ratio', value: 2.1987, atLeast: 2.2 },
        { what: 'p99', value: 20.1, atMost: 20, unit: ' ms' },
      ]),
    ).toEqual(['ratio: 2.199, must be at least 2.2', 'p99: 20.1 ms, must be at most 20 ms']);
  });

  it('takes what could not be computed for broken', () => {
    expect(brokenOf([{ what: 'ratio', value: Number.NaN, atLeast: 1 }])).toEqual(['ratio: NaN, must be a number']);
  });
});
