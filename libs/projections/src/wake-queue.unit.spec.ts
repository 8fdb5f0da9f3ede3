import { WakeQueue } from './wake-queue.ts';

/** Work that ends when the test says so. */
const byHand = () => {
  const begun: number[] = [];
  const open = new Map<number, (more: boolean) => void>();
  const run = (partition: number): Promise<boolean> => {
    begun.push(partition);
    return new Promise((resolve) => open.set(partition, resolve));
  };
  const end = async (partition: number, more = false): Promise<void> => {
    open.get(partition)?.(more);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, run, end };
};

describe('the wake queue', () => {
  it('runs a partition once more when it was woken during its run, however often', async () => {
    const { begun, run, end } = byHand();
    const queue = new WakeQueue(4, run);
    queue.wake(1);
    queue.wake(1);
    queue.wake(1);
    expect(begun).toEqual([1]);
    await end(1);
    expect(begun).toEqual([1, 1]);
    await end(1);
    await queue.idle();
    expect(begun).toEqual([1, 1]);
  });

  it('bounds how many partitions run and lets one with more work wait for its next turn', async () => {
    const { begun, run, end } = byHand();
    const queue = new WakeQueue(2, run);
    for (const partition of [1, 2, 3, 3]) queue.wake(partition);
    expect(begun).toEqual([1, 2]);
    await end(1, true);
    expect(begun).toEqual([1, 2, 3]);
    await end(2);
    expect(begun).toEqual([1, 2, 3, 1]);
    await end(3);
    await end(1);
    await queue.idle();
  });

  it('begins nothing once stopped, and waits for what runs', async () => {
    const { begun, run, end } = byHand();
    const queue = new WakeQueue(1, run);
    queue.wake(1);
    queue.wake(2);
    const stopped = queue.stop();
    queue.wake(3);
    await end(1, true);
    await stopped;
    expect(begun).toEqual([1]);
  });
});
