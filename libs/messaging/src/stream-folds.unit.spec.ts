import { MemoryEventLog, type StoredEvent } from '@agon/event-store';
import { counterOf } from '../test/counter.ts';
import { appendInput } from '../test/inputs.ts';
import { Recorder } from '../test/recorder.ts';
import { Decisions } from './decisions.ts';
import { SNAPSHOT_EVERY, StreamFolds } from './stream-folds.ts';

const SERVICE = 'counting';
const storyId = 'p0_one';
const use = counterOf(storyId);

const setUp = async (events = 0) => {
  const log = new MemoryEventLog();
  const recorder = new Recorder();
  await log.claim('gateway', ['game']);
  await log.claim(SERVICE, ['counter']);
  const reads: number[] = [];
  const readStream = log.readStream.bind(log);
  // The log in memory takes its loads from here as well.
  log.readStream = async (...of) => {
    const read = await readStream(...of);
    reads.push(read.length);
    return read;
  };
  const decisionsOf = (rules: string) => {
    const { metrics, logger } = recorder;
    return new Decisions({ service: SERVICE, log, rules, metrics, logger });
  };
  /** Each input is answered by `many` events. */
  const decide = async (decisions: Decisions, many: number) =>
    decisions.handle(await appendInput(log), { use }, () => [
      {
        stream: 'use',
        events: Array.from({ length: many }, (_, n) => ({ type: 'CounterMoved', data: { by: n % 3, input: n } })),
      },
    ]);
  const decisions = decisionsOf('v1');
  for (let left = events; left > 0; left -= 100) await decide(decisions, Math.min(left, 100));
  await decisions.idle();
  reads.length = 0;
  const foldsOf = (rules?: string) => {
    const { metrics, logger } = recorder;
    return new StreamFolds({ service: SERVICE, log, rules, metrics, logger });
  };
  return { log, recorder, reads, decisionsOf, decide, foldsOf };
};

describe('a long stream', () => {
  it('is folded from its newest snapshot: no load reads more than 500 events', async () => {
    const { recorder, reads, foldsOf } = await setUp(1_730);
    expect(recorder.of('snapshot kept')).toBeGreaterThan(0);
    const loaded = await foldsOf('v1').load(0, use);
    expect(reads).toEqual([230]);
    expect(recorder.of('snapshot used')).toBe(1);
    expect(loaded).toEqual(await foldsOf().load(0, use));
    expect(loaded.version).toBe(1_730);
  });

  it('goes on from there as from zero', async () => {
    const { decisionsOf, decide, foldsOf } = await setUp(700);
    const { events } = await decide(decisionsOf('v1'), 2);
    expect(events.map(({ version }) => version)).toEqual([701, 702]);
    expect(await foldsOf('v1').load(0, use)).toEqual(await foldsOf().load(0, use));
  });

  it('is folded page by page, from zero, where other code has left the snapshot, and is kept anew', async () => {
    const { reads, recorder, foldsOf } = await setUp(1_730);
    const folds = foldsOf('v2');
    const loaded = await folds.load(0, use);
    expect(reads).toEqual([500, 500, 500, 230]);
    expect(recorder.of('snapshot used')).toBe(0);
    expect(loaded.version).toBe(1_730);
    await folds.idle();
    reads.length = 0;
    expect(await foldsOf('v2').load(0, use)).toEqual(loaded);
    expect(reads).toEqual([0]);
  });

  it('is folded from zero by another fold', async () => {
    const { recorder, foldsOf } = await setUp(600);
    const decider = { initialState: () => 0, evolve: (count: number) => count + 1 };
    const { state } = await foldsOf('v1').load(0, { ...use, decider });
    expect(state).toBe(600);
    expect(recorder.of('snapshot used')).toBe(0);
  });

  it('lets others have their turn while it is folded', async () => {
    const { foldsOf } = await setUp(SNAPSHOT_EVERY);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    const counting = { ...use, select: (stored: StoredEvent) => use.select(stored) };
    const seen = new Set<number>();
    await foldsOf().load(0, {
      ...counting,
      select: (stored) => {
        seen.add(turns);
        const until = performance.now() + 0.05;
        while (performance.now() < until);
        return use.select(stored);
      },
    });
    clearInterval(timer);
    expect(seen.size).toBeGreaterThan(1);
  });

  it('is decided on although its snapshot can not be kept, which is counted and logged', async () => {
    const { log, recorder, decisionsOf, decide } = await setUp();
    log.keepSnapshot = () => Promise.reject(new Error('no room'));
    const decisions = decisionsOf('v1');
    const { outcome } = await decide(decisions, SNAPSHOT_EVERY);
    expect(outcome).toBe('appended');
    await decisions.idle();
    expect(recorder.of('snapshot failed')).toBe(1);
    expect(recorder.said(/a snapshot was not kept/)).toBe(1);
  });

  it('does not make its answer wait for the snapshot', async () => {
    const { log, decisionsOf, decide } = await setUp();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    log.keepSnapshot = () => held;
    const decisions = decisionsOf('v1');
    expect((await decide(decisions, SNAPSHOT_EVERY)).outcome).toBe('appended');
    expect((await decide(decisions, SNAPSHOT_EVERY)).outcome).toBe('appended');
    release();
    await decisions.idle();
  });
});
