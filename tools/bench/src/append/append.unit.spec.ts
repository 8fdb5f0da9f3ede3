import { transactionsPerSecond } from './pgbench.ts';
import { dealt } from './turn-processes.ts';

describe('transactionsPerSecond', () => {
  it('reads what pgbench says', () => {
    const output = 'latency average = 0.4 ms\ninitial connection time = 3 ms\ntps = 18123.45 (without initial …)\n';
    expect(transactionsPerSecond(output)).toBe(18123.45);
  });

  it('takes no rate for a failure, not for 0', () => {
    expect(() => transactionsPerSecond('aborted')).toThrow('pgbench printed no rate: aborted');
  });
});

describe('dealt', () => {
  it('gives each story a partition, and each partition to one process', () => {
    expect(dealt(5, 4)).toEqual([[0, 4], [1], [2], [3]]);
    expect(dealt(1, 4)).toEqual([[0]]);
  });

  it('has no more partitions than there are', () => {
    expect(() => dealt(65)).toThrow('at most 64');
  });
});
