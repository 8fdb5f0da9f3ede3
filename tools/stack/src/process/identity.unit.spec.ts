import { parseStat } from './identity.ts';

/** A line as in proc(5): pid, name in brackets, then state, parent, … with the start time as field 22. */
const line = (name: string): string =>
  `4711 (${name}) S 12 4711 4711 0 -1 4194560 9 8 7 6 5 4 3 2 20 0 11 0 987654 100000 200 18446744073709551615\n`;

describe('parseStat', () => {
  it('reads state, parent and start time', () => {
    expect(parseStat(line('node'))).toEqual({ state: 'S', parent: 12, started: '987654' });
  });

  it('is not misled by a process name with blanks and brackets', () => {
    expect(parseStat(line('odd) R 1 (name'))).toEqual({ state: 'S', parent: 12, started: '987654' });
  });

  it('reads nothing from a line that is cut short', () => {
    expect(parseStat('4711 (node) S 12')).toBeUndefined();
  });
});
