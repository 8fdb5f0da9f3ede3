import { jest } from '@jest/globals';
import type { Verdict } from '../model/model.ts';
import { type Admission, Breaker, type BreakerOptions, type BreakerState } from './breaker.ts';

/** Longest and shortest reset, as parts of `resetMs`. */
const LATEST = 1.2;
const SOONEST = 0.8;

let breaker: Breaker;
let changes: BreakerState[];

beforeEach(() => {
  jest.useFakeTimers();
  changes = [];
});
afterEach(() => {
  breaker.shutdown();
  jest.useRealTimers();
});

function create(options: Partial<BreakerOptions> = {}): void {
  breaker = new Breaker({ name: 'sim/llm-sim', onChange: (state) => changes.push(state), ...options });
}

function admitted(): Admission {
  const admission = breaker.admit();
  if (admission === undefined) throw new Error('not admitted');
  return admission;
}

const call = (verdict: Verdict): Promise<void> => admitted().report(verdict);

async function calls(count: number, verdict: Verdict): Promise<void> {
  for (let n = 0; n < count; n += 1) await call(verdict);
}

/** Opens it, and lets it become half-open. */
async function halfOpen(options: Partial<BreakerOptions> = {}): Promise<void> {
  create({ volume: 1, resetMs: 1000, ...options });
  await call('failure');
  jest.advanceTimersByTime(1000 * LATEST);
  expect(breaker.state).toBe('half-open');
}

describe('a closed breaker', () => {
  it('opens on slow failures, however long they take', async () => {
    create();
    const admissions = Array.from({ length: 20 }, admitted);
    jest.advanceTimersByTime(60_000);
    await Promise.all(admissions.map((admission) => admission.report('failure')));
    expect(breaker.state).toBe('open');
  });

  it('opens when all that ended failed, however many are still in flight', async () => {
    create();
    const ended = Array.from({ length: 60 }, admitted).slice(0, 20);
    await Promise.all(ended.map((admission) => admission.report('failure')));
    expect(breaker.state).toBe('open');
  });

  it('does not count what is neutral', async () => {
    create();
    await calls(50, 'neutral');
    await calls(9, 'failure');
    expect(breaker.state).toBe('closed');
    await call('failure');
    expect(breaker.state).toBe('open');
  });

  it('stays closed at half failures, and opens beyond', async () => {
    create();
    await calls(10, 'success');
    await calls(10, 'failure');
    expect(breaker.state).toBe('closed');
    await call('failure');
    expect(breaker.state).toBe('open');
  });

  it('opens within 20 calls of a provider that was well before, with as many in flight as there are slots', async () => {
    create();
    await calls(1000, 'success');
    const slots = 8;
    let made = 0;
    // Calls that began before the outage still succeed between those that fail.
    const inFlight = Array.from({ length: slots }, admitted);
    while (breaker.state === 'closed' && made < 100) {
      const admission = breaker.admit();
      if (admission === undefined) break;
      made += 1;
      await admission.report('failure');
      await inFlight.pop()?.report('success');
    }
    expect(breaker.state).toBe('open');
    expect(made + slots - 1).toBeLessThanOrEqual(20);
  });

  it('forgets what lies more than its window of outcomes back', async () => {
    create({ window: 20 });
    await calls(9, 'failure');
    await calls(20, 'success');
    await calls(10, 'failure');
    expect(breaker.state).toBe('closed');
  });

  it('opens at once, and for ten minutes, when something is broken', async () => {
    create();
    await call('broken');
    expect(breaker.state).toBe('open');
    jest.advanceTimersByTime(600_000 * SOONEST - 1);
    expect(breaker.state).toBe('open');
    jest.advanceTimersByTime(600_000 * (LATEST - SOONEST) + 1);
    expect(breaker.state).toBe('half-open');
  });

  it('counts an outcome that is reported twice once', async () => {
    create({ volume: 2 });
    const admission = admitted();
    await admission.report('failure');
    await admission.report('failure');
    expect(breaker.state).toBe('closed');
  });
});

describe('an open breaker', () => {
  it('admits nobody', async () => {
    create({ volume: 1 });
    await call('failure');
    expect(breaker.admit()).toBeUndefined();
  });

  it.each([
    { random: 0, ms: 800 },
    { random: 0.5, ms: 1000 },
    { random: 0.99, ms: 1196 },
  ])('asks for a probe after its reset with jitter: $ms ms at $random', async ({ random, ms }) => {
    create({ volume: 1, resetMs: 1000, random: () => random });
    await call('failure');
    jest.advanceTimersByTime(ms - 1);
    expect(breaker.state).toBe('open');
    jest.advanceTimersByTime(1);
    expect(breaker.state).toBe('half-open');
  });

  it('draws the jitter anew for each opening', async () => {
    const draws = [0, 1];
    create({ volume: 1, resetMs: 1000, random: () => draws.shift() ?? 0 });
    await call('failure');
    jest.advanceTimersByTime(800);
    await call('failure');
    jest.advanceTimersByTime(1199);
    expect(breaker.state).toBe('open');
    jest.advanceTimersByTime(1);
    expect(breaker.state).toBe('half-open');
  });

  it('shares nothing with another one', async () => {
    create({ volume: 1 });
    const other = new Breaker({ name: 'other', volume: 1 });
    await call('failure');
    expect(other.state).toBe('closed');
    other.shutdown();
  });
});

describe('a half-open breaker', () => {
  it('lets one of fifty through', async () => {
    await halfOpen();
    expect(Array.from({ length: 50 }, () => breaker.admit()).filter(Boolean)).toHaveLength(1);
  });

  it('closes on a success', async () => {
    await halfOpen();
    await call('success');
    expect(breaker.state).toBe('closed');
    expect(breaker.admit()).toBeDefined();
    expect(changes).toEqual(['open', 'half-open', 'closed']);
  });

  it('keeps its probe out until the success has closed it', async () => {
    await halfOpen();
    const closing = admitted().report('success');
    expect(breaker.admit()).toBeUndefined();
    await closing;
  });

  it('opens again on a failure', async () => {
    await halfOpen();
    await call('failure');
    expect(breaker.state).toBe('open');
    expect(changes).toEqual(['open', 'half-open', 'open']);
  });

  it('opens for long when something is broken', async () => {
    await halfOpen();
    await call('broken');
    jest.advanceTimersByTime(60_000);
    expect(breaker.state).toBe('open');
  });

  it('stays half-open on a neutral probe, and lets the next one through', async () => {
    await halfOpen();
    await call('neutral');
    expect(breaker.state).toBe('half-open');
    expect(breaker.admit()).toBeDefined();
    expect(breaker.admit()).toBeUndefined();
  });

  it.each<Verdict>(['success', 'failure', 'broken', 'neutral'])(
    'is not moved by a %s of a call from before it opened',
    async (verdict) => {
      create({ volume: 1, resetMs: 1000 });
      const early = admitted();
      await call('failure');
      jest.advanceTimersByTime(1000 * LATEST);
      const probe = admitted();
      await early.report(verdict);
      expect(breaker.state).toBe('half-open');
      expect(breaker.admit()).toBeUndefined();
      await probe.report('success');
      expect(breaker.state).toBe('closed');
    },
  );

  it('gives a probe up after the longest call; what it tells then decides nothing', async () => {
    await halfOpen({ longestCallMs: 5000 });
    const lost = admitted();
    jest.advanceTimersByTime(4999);
    expect(breaker.admit()).toBeUndefined();
    jest.advanceTimersByTime(1);
    const next = admitted();
    await lost.report('failure');
    expect(breaker.state).toBe('half-open');
    await next.report('success');
    expect(breaker.state).toBe('closed');
  });
});

describe('a breaker that is shut down', () => {
  it('admits nobody, keeps no timer and bears late reports', async () => {
    create({ volume: 1 });
    const late = admitted();
    await call('failure');
    breaker.shutdown();
    await late.report('success');
    expect(breaker.admit()).toBeUndefined();
    expect(jest.getTimerCount()).toBe(0);
  });
});
