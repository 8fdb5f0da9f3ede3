import { arrivals, exponentialWaits } from './waits.ts';

const draw = (seed: number, count: number): number[] => {
  const wait = exponentialWaits(2000, seed);
  return Array.from({ length: count }, wait);
};

describe('exponentialWaits', () => {
  it('gives equal waits for equal seeds and others for others', () => {
    expect(draw(7, 5)).toEqual(draw(7, 5));
    expect(draw(7, 5)).not.toEqual(draw(8, 5));
  });

  it('has the mean that was asked for, and its median below it', () => {
    const waits = draw(1, 20_000);
    expect(waits.reduce((sum, ms) => sum + ms, 0) / waits.length).toBeCloseTo(2000, -2);
    expect(waits.filter((ms) => ms < 2000 * Math.LN2).length / waits.length).toBeCloseTo(0.5, 1);
  });

  it('begins as it goes on, whatever the seed: the first waits of many players have the same mean', () => {
    const firsts = Array.from({ length: 2_000 }, (_, seed) => draw(seed, 1)[0] ?? 0);
    expect(firsts.reduce((sum, ms) => sum + ms, 0) / firsts.length / 2000).toBeCloseTo(1, 1);
  });

  it('does not wait where the mean is 0', () => {
    expect(exponentialWaits(0, 1)()).toBeCloseTo(0);
  });
});

describe('arrivals', () => {
  it('keeps the rate, in order and within the time', () => {
    const due = arrivals(200, 60_000, 3);
    expect(due.length / 60).toBeGreaterThan(190);
    expect(due.length / 60).toBeLessThan(210);
    expect(due).toEqual(due.toSorted((a, b) => a - b));
    expect(due.at(-1)).toBeLessThan(60_000);
  });

  it('is the same for the same seed', () => {
    expect(arrivals(50, 1000, 3)).toEqual(arrivals(50, 1000, 3));
  });
});
