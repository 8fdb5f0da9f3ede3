import { setImmediate as turn } from 'node:timers/promises';
import { Limit } from './limit.ts';

describe('Limit', () => {
  it('runs so many at a time, in order, and goes on after a failure', async () => {
    const limit = new Limit(3);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const results = await Promise.allSettled(
      [...Array(20).keys()].map((n) =>
        limit.run(async () => {
          order.push(n);
          running += 1;
          most = Math.max(most, running);
          await turn();
          running -= 1;
          if (n % 5 === 0) throw new Error(`${n}`);
          return n;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(order).toEqual([...Array(20).keys()]);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(4);
  });
});
