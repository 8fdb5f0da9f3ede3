import { delaysOf } from './delays.ts';
import { now } from './protocol.ts';
import { nanosOf, wallClockOffset } from './stored-times.ts';

const ms = (n: number): number => n * 1e6;

describe('nanosOf', () => {
  it('keeps what a Date would lose', () => {
    expect(nanosOf('1970-01-01T00:00:01.000000250Z')).toBe(1_000_000_250);
    expect(nanosOf('1970-01-01T00:00:02Z')).toBe(2e9);
    expect(nanosOf('1970-01-01T00:00:02.5Z')).toBe(2.5e9);
  });
});

describe('wallClockOffset', () => {
  it('turns the wall clock into the other to a fraction of a millisecond', () => {
    const offset = wallClockOffset();
    expect(Math.abs(now() + offset - Date.now() * 1e6)).toBeLessThan(ms(5));
  });
});

describe('delaysOf', () => {
  const committed = [0, 1, 2, 3].map((n) => ({ eventId: `e${n}`, at: ms(1000 * n) }));
  const stored = new Map(committed.map(({ eventId, at }, n) => [eventId, at + ms(n)]));

  it('measures from commit to stored and to the handler, without the lead-in', () => {
    const handled = committed.map(({ eventId, at }, n) => ({ eventId, at: at + ms(2 * n) }));
    expect(delaysOf(200, committed, stored, handled, 500)).toEqual({
      rate: 200,
      appended: 4,
      lost: 0,
      storedP50: 2,
      storedP99: 3,
      handlerP50: 4,
      handlerP99: 6,
    });
  });

  it('counts what no handler saw, also in the lead-in', () => {
    expect(delaysOf(200, committed, stored, [{ eventId: 'e3', at: ms(3001) }], 500)).toMatchObject({
      lost: 3,
      handlerP50: 1,
    });
  });
});
