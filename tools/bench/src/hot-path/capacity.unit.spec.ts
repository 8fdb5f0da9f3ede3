import { type Tried, bestOf, isHeld, nextRate } from './capacity.ts';

/** Tries rates on a system that holds so many per second. */
function searched(capacity: number, first: number): Tried[] {
  const tried: Tried[] = [];
  for (let rate = nextRate(tried, first); rate !== undefined; rate = nextRate(tried, first)) {
    tried.push({ rate, held: rate <= capacity });
  }
  return tried;
}

describe('nextRate', () => {
  it.each([7, 90, 100, 137, 640])('comes within a tenth below what %d calls per second hold', (capacity) => {
    const tried = searched(capacity, 100);
    expect(bestOf(tried)).toBeLessThanOrEqual(capacity);
    expect(bestOf(tried)).toBeGreaterThanOrEqual(capacity / 1.1);
    expect(tried.length).toBeLessThan(12);
  });

  it('gives up where nothing is held', () => {
    expect(bestOf(searched(0, 100))).toBe(0);
  });
});

describe('bestOf', () => {
  it('trusts no rate above one that was not held', () => {
    const tried = [
      { rate: 100, held: true },
      { rate: 150, held: false },
      { rate: 225, held: true },
    ];
    expect(bestOf(tried)).toBe(100);
  });
});

describe('isHeld', () => {
  const times = { count: 100, p50: 10, p99: 200, lacking: 0 };

  it('takes the limit itself, and nothing beyond', () => {
    expect(isHeld(times)).toBe(true);
    expect(isHeld({ ...times, p99: 200.1 })).toBe(false);
  });

  it('holds nothing where nothing was called', () => {
    expect(isHeld({ ...times, count: 0 })).toBe(false);
  });
});
