import { cpuTimes, parseCpu, perCall } from './cpu.ts';

describe('parseCpu', () => {
  const line = '42 (a (strange) name) S 1 42 42 0 -1 4194560 900 0 0 0 150 50 7 3 20 0 11 0 12345 1 2 3';

  it('adds what the process and its ended children took', () => {
    expect(parseCpu(line)).toBe(2100);
  });

  it('knows a line that is none', () => {
    expect(parseCpu('')).toBeUndefined();
    expect(parseCpu('42 (name) S 1')).toBeUndefined();
  });
});

describe('cpuTimes', () => {
  it('rises while a process works, and leaves out one that does not run', () => {
    const processes = [{ name: 'this', pid: process.pid }, { name: 'ended' }];
    const before = cpuTimes(processes);
    const end = performance.now() + 60;
    while (performance.now() < end) Math.sqrt(end);
    expect([...before.keys()]).toEqual(['this']);
    expect(cpuTimes(processes).get('this')).toBeGreaterThanOrEqual(before.get('this') ?? Infinity);
  });
});

describe('perCall', () => {
  it('counts what was taken since then, and all of a process that was started since then', () => {
    const after = new Map([
      ['gateway', 1_500],
      ['llm-gateway', 333],
    ]);
    expect(perCall(new Map([['gateway', 1_000]]), after, 100)).toEqual({ gateway: 5, 'llm-gateway': 3.33 });
  });
});
