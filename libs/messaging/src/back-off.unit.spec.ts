import { pause, waitAfter } from './back-off.ts';

describe('waitAfter', () => {
  it('doubles up to the longest, spread over the upper half', () => {
    const ceilings = [100, 200, 400, 800, 1_000, 1_000];
    for (const [n, ceiling] of ceilings.entries()) {
      for (let sample = 0; sample < 50; sample += 1) {
        const wait = waitAfter(n + 1, { first: 100, longest: 1_000 });
        expect(wait).toBeGreaterThanOrEqual(ceiling / 2);
        expect(wait).toBeLessThanOrEqual(ceiling);
      }
    }
  });

  it('stays at the longest for ever', () => {
    expect(waitAfter(100_000, { first: 1, longest: 1_000 })).toBeLessThanOrEqual(1_000);
  });
});

describe('pause', () => {
  it('ends with its time, or with the signal, whichever is first', async () => {
    const abort = new AbortController();
    await pause(1, abort.signal);
    const long = pause(60_000, abort.signal);
    abort.abort();
    await long;
    await pause(60_000, abort.signal);
  });
});
