import { FIRST_TOKEN, PIECES, piecesOf, totalMs } from './latency.ts';
import { seeded } from './random.ts';

const times = Array.from({ length: 2000 }, (_, n) => totalMs(1200, seeded('latency', `${n}`))).sort((a, b) => a - b);
const quantile = (q: number): number => times[Math.floor(q * times.length)] ?? 0;

describe('latency', () => {
  it('has the median that was asked for', () => {
    expect(quantile(0.5)).toBeGreaterThan(1200 * 0.96);
    expect(quantile(0.5)).toBeLessThan(1200 * 1.04);
  });

  it('is spread as a lognormal with a sigma of 0.35', () => {
    expect(quantile(0.95) / quantile(0.5)).toBeCloseTo(Math.exp(1.645 * 0.35), 1);
    expect(quantile(0.5) / quantile(0.05)).toBeCloseTo(Math.exp(1.645 * 0.35), 1);
    expect(FIRST_TOKEN).toBe(0.35);
  });

  it('repeats for equal seeds', () => {
    expect(totalMs(1200, seeded('a'))).toBe(totalMs(1200, seeded('a')));
    expect(totalMs(1200, seeded('a'))).not.toBe(totalMs(1200, seeded('b')));
  });

  it('cuts a text into the pieces of a stream', () => {
    const text = 'The bell on the quay rings out of turn, and nobody reaches for the pen.'.repeat(3);
    for (let n = 0; n < 50; n += 1) {
      const pieces = piecesOf(text, seeded(`${n}`));
      expect(pieces.join('')).toBe(text);
      expect(pieces.length).toBeGreaterThanOrEqual(PIECES[0]);
      expect(pieces.length).toBeLessThanOrEqual(PIECES[1]);
    }
    expect(piecesOf('', seeded('a'))).toEqual(['']);
  });
});
