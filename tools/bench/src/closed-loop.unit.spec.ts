import { setTimeout as delay } from 'node:timers/promises';
import { closedLoop } from './closed-loop.ts';

describe('closedLoop', () => {
  it('keeps every writer at work, one piece at a time', async () => {
    const busy = new Set<number>();
    let most = 0;
    const perSecond = await closedLoop({ writers: 3, milliseconds: 60, leadInMs: 0 }, async (writer) => {
      expect(busy.has(writer)).toBe(false);
      busy.add(writer);
      most = Math.max(most, busy.size);
      await delay(1);
      busy.delete(writer);
    });
    expect(most).toBe(3);
    expect(perSecond).toBeGreaterThan(0);
    expect(perSecond).toBeLessThanOrEqual(3 * 1000);
  });

  it('does not count the lead-in', async () => {
    let calls = 0;
    const perSecond = await closedLoop({ writers: 1, milliseconds: 1, leadInMs: 50 }, async () => {
      calls += 1;
      await delay(2);
    });
    expect(calls).toBeGreaterThan(1);
    expect(perSecond).toBeLessThanOrEqual(1000);
  });

  it('fails when a writer fails, and ends the others', async () => {
    const failing = closedLoop({ writers: 2, milliseconds: 60_000 }, async (writer) => {
      await delay(1);
      if (writer === 1) throw new Error('refused');
    });
    await expect(failing).rejects.toThrow('refused');
  });
});
