import type { Lane } from '@agon/contracts';
import { jest } from '@jest/globals';
import { type Release, Slots } from './slots.ts';

/** Lets what has been resolved go on. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

describe('Slots', () => {
  const never = new AbortController().signal;
  let granted: Lane[];
  let releases: Map<Lane, Release>;

  beforeEach(() => {
    jest.useFakeTimers();
    granted = [];
    releases = new Map();
  });
  afterEach(() => jest.useRealTimers());

  const wait = async (slots: Slots, lane: Lane): Promise<void> => {
    const release = await slots.take(lane, never);
    if (release === undefined) return;
    granted.push(lane);
    releases.set(lane, release);
  };
  const offer = async (slots: Slots, lane: Lane): Promise<void> => {
    void wait(slots, lane);
    await settle();
  };

  it('gives a slot at once when no more urgent lane is in doubt', async () => {
    const slots = new Slots(1);
    await offer(slots, 'bulk');
    expect(granted).toEqual(['bulk']);
    expect(slots.taken).toBe(1);
  });

  it('gives a freed slot to the most urgent lane that holds a message, whoever came first', async () => {
    const slots = new Slots(1);
    await offer(slots, 'warm');
    for (const lane of ['bulk', 'warm', 'hot'] as const) await offer(slots, lane);
    expect(granted).toEqual(['warm']);
    for (const next of ['hot', 'warm', 'bulk'] as const) {
      const [busy] = granted.slice(-1);
      releases.get(busy ?? 'hot')?.();
      await settle();
      expect(granted.at(-1)).toBe(next);
      // Nothing follows it on its lane.
      slots.passes(next);
      await settle();
    }
    expect(granted).toEqual(['warm', 'hot', 'warm', 'bulk']);
  });

  it('lets a more urgent lane be asked before a less urgent message gets the freed slot', async () => {
    const slots = new Slots(1);
    await offer(slots, 'hot');
    await offer(slots, 'bulk');
    const free = slots.whenFree('hot', never).then(() => slots.asks('hot'));
    releases.get('hot')?.();
    await free;
    expect(granted).toEqual(['hot']);
    await offer(slots, 'hot');
    expect(granted).toEqual(['hot', 'hot']);
  });

  it('goes to the less urgent one when the more urgent stays silent', async () => {
    const slots = new Slots(1, 10);
    await offer(slots, 'hot');
    await offer(slots, 'bulk');
    const free = slots.whenFree('hot', never).then(() => slots.asks('hot'));
    releases.get('hot')?.();
    await free;
    jest.advanceTimersByTime(9);
    await settle();
    expect(granted).toEqual(['hot']);
    jest.advanceTimersByTime(1);
    await settle();
    expect(granted).toEqual(['hot', 'bulk']);
  });

  it('never gives out more than it has, and counts a slot that is released twice once', async () => {
    const slots = new Slots(2);
    await offer(slots, 'hot');
    slots.passes('hot');
    await offer(slots, 'warm');
    slots.passes('warm');
    await offer(slots, 'bulk');
    expect(granted).toEqual(['hot', 'warm']);
    releases.get('hot')?.();
    releases.get('hot')?.();
    await settle();
    expect(granted).toEqual(['hot', 'warm', 'bulk']);
    expect(slots.taken).toBe(2);
  });

  it('takes an offer back when its signal fires', async () => {
    const slots = new Slots(1);
    await offer(slots, 'hot');
    slots.passes('hot');
    const stop = new AbortController();
    const taken = slots.take('hot', stop.signal);
    stop.abort();
    expect(await taken).toBeUndefined();
    slots.passes('hot');
    await offer(slots, 'warm');
    releases.get('hot')?.();
    await settle();
    expect(granted).toEqual(['hot', 'warm']);
  });
});
