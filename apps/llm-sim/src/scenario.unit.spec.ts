import { DEFAULT_SCENARIO, modeFor } from './scenario.ts';

const hits = (share: number, seed = 'sim'): string[] =>
  Array.from({ length: 1000 }, (_, n) => `request ${n}`).filter(
    (hash) => modeFor({ ...DEFAULT_SCENARIO, mode: 'failing', share, seed }, hash) === 'failing',
  );

describe('the share of requests that a mode hits', () => {
  it('is all, none, or about what was asked for', () => {
    expect(hits(1)).toHaveLength(1000);
    expect(hits(0)).toHaveLength(0);
    expect(hits(0.3).length).toBeGreaterThan(250);
    expect(hits(0.3).length).toBeLessThan(350);
  });

  it('hits the same requests again, and others with another seed', () => {
    expect(hits(0.3)).toEqual(hits(0.3));
    expect(hits(0.3, 'other')).not.toEqual(hits(0.3));
  });

  it('grows without letting go of those that were hit', () => {
    expect(hits(0.6)).toEqual(expect.arrayContaining(hits(0.3)));
  });
});
