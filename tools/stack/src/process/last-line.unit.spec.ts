import { tellingLine } from './last-line.ts';

describe('tellingLine', () => {
  it('prefers the last error to what came after it', () => {
    const log = 'LOG:  starting\nFATAL:  could not open file "x"\nLOG:  database system is shut down\n';
    expect(tellingLine(log)).toBe('FATAL:  could not open file "x"');
  });

  it('reads a JSON line as a person would', () => {
    const lines = [
      { level: 30, msg: 'configuration in effect' },
      { level: 60, msg: 'start failed', err: { message: 'no packs in /x' } },
      { level: 30, msg: 'bye' },
    ];
    const log = lines.map((line) => JSON.stringify(line)).join('\n');
    expect(tellingLine(log)).toBe('start failed: no packs in /x');
  });

  it("takes a service's own last word before an earlier error", () => {
    const log = `${JSON.stringify({ level: 50, msg: 'retrying' })}\ngateway can't start: 7600 is in use\n`;
    expect(tellingLine(log)).toBe("gateway can't start: 7600 is in use");
  });

  it('takes the last line when none is an error', () => {
    expect(tellingLine('one\ntwo\n\n')).toBe('two');
    expect(tellingLine('')).toBe('');
  });
});
