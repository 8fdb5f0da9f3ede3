import { formatRun, parseRun } from './run-file.ts';

const record = { name: 'gateway', identity: { pid: 4711, started: '987654' }, port: 7600 };

describe('a run file', () => {
  it('is read as it was written', () => {
    expect(formatRun(record)).toBe('4711 987654 7600\n');
    expect(parseRun('gateway', formatRun(record))).toEqual(record);
  });

  it.each(['', '4711', '4711 987654', 'pid 987654 7600', '4711 987654 7600 extra'])('is refused as "%s"', (line) => {
    expect(parseRun('gateway', line)).toBeUndefined();
  });
});
