import { setTimeout as after } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { startNats, type TestNats, waitUntil } from '@agon/testing';
import type { MemoryEventLog } from '@agon/event-store';
import { countedLog, decidedInputs, positionsOf } from '../test/counted-log.ts';
import { appendInput } from '../test/inputs.ts';
import { type Replica, type ReplicaOptions, startReplica, bound } from '../test/replica.ts';

describe('surviving', () => {
  let broker: TestNats;
  const replicas: Replica[] = [];

  beforeEach(async () => {
    broker = await startNats();
  });
  afterEach(async () => {
    await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
    await broker.remove();
  });

  const start = async (options: Omit<ReplicaOptions, 'url'>): Promise<Replica> => {
    const replica = await startReplica({ url: broker.url, ...options });
    replicas.push(replica);
    return replica;
  };
  /** Appends inputs and publishes them, one by one, through whichever replica can. */
  const feed = async (log: MemoryEventLog, inputs: number): Promise<void> => {
    for (let n = 0; n < inputs; n += 1) {
      await appendInput(log);
      for (const { feeder, nats } of replicas)
        if (!nats.isClosed()) await feeder.ensureStream(0).catch(() => undefined);
    }
  };
  /** Every input was decided once, in the order of the log. */
  const allDecided = async (log: MemoryEventLog): Promise<void> => {
    const inputs = await inputPositions(log);
    await waitUntil('everything is decided', async () => (await decidedInputs(log)).length >= inputs.length, {
      within: 30_000,
      saw: () => replicas.map(({ recorder, attempts }) => [recorder.lines, positionsOf(attempts)]),
    });
    expect(await decidedInputs(log)).toEqual(inputs);
  };

  it('gives a partition to one replica, and to the other when that one is gone', async () => {
    const log = await countedLog();
    const first = await start({ log });
    await bound(first);
    await feed(log, 5);
    const second = await start({ log });
    await bound(second);
    await feed(log, 20);
    await allDecided(log);
    expect(second.attempts).toHaveLength(0);

    await first.nats.close();
    await feed(log, 5);
    await allDecided(log);
    expect(second.attempts).toHaveLength(5);
    await feed(log, 15);
    await allDecided(log);
    expect(first.attempts.length + second.attempts.length).toBe(45);
  });

  it('hands over at once when the owner stops in good order, with its message in hand finished', async () => {
    const log = await countedLog();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const first = await start({ log, plan: { before: () => held }, ackWaitMs: 5_000 });
    await feed(log, 3);
    await waitUntil('in hand', () => first.attempts.length === 1);
    const second = await start({ log, ackWaitMs: 5_000 });
    await bound(second);
    const stopped = first.strategy.close();
    release();
    await stopped;
    const since = performance.now();
    await allDecided(log);
    // Long before the broker would have given up on the owner.
    expect(performance.now() - since).toBeLessThan(3_000);
    expect(positionsOf(first.attempts)).toEqual([1]);
    expect(second.attempts).toHaveLength(2);
  });

  it('lets one of two win when both handle a message', async () => {
    const log = await countedLog();
    const held: (() => void)[] = [];
    const hold = { before: () => new Promise<void>((resolve) => held.push(resolve)) };
    const first = await start({ log, plan: hold });
    await feed(log, 3);
    await waitUntil('the first has it in hand', () => held.length === 1);
    const second = await start({ log, plan: hold });
    await bound(second);
    await first.nats.close();
    await waitUntil('the second has it, too', () => held.length === 2);
    const releasing = setInterval(() => held.splice(0).forEach((release) => release()), 5);
    await allDecided(log);
    clearInterval(releasing);
    expect(
      second.recorder.of('handled Counted already-handled') + first.recorder.of('handled Counted already-handled'),
    ).toBe(1);
  });

  it('goes on when the broker is stopped and started again', async () => {
    const log = await countedLog();
    const first = await start({ log });
    const second = await start({ log });
    await Promise.all([bound(first), bound(second)]);
    await feed(log, 5);
    await allDecided(log);
    await broker.stop();
    await waitUntil('degraded', () => first.strategy.health().degraded && second.strategy.health().degraded);
    for (let n = 0; n < 5; n += 1) await appendInput(log);
    await broker.start();
    await Promise.all([bound(first), bound(second)]);
    await feed(log, 5);
    await allDecided(log);
  });

  it('goes on when the broker was killed and has lost everything', async () => {
    const log = await countedLog();
    const first = await start({ log });
    const second = await start({ log });
    await Promise.all([bound(first), bound(second)]);
    await feed(log, 5);
    await allDecided(log);
    await broker.kill9();
    broker.wipe();
    for (let n = 0; n < 5; n += 1) await appendInput(log);
    await broker.start();
    await allDecided(log);
    await feed(log, 5);
    await allDecided(log);
    expect(first.attempts.length + second.attempts.length).toBe(15);
    const stream = await (await jetstreamManager(first.nats)).streams.info('STORY_0');
    expect(stream.state.first_seq).toBeGreaterThan(1);
  });

  it('goes on when its consumer or its stream is deleted', async () => {
    const log = await countedLog();
    const replica = await start({ log });
    await bound(replica);
    await feed(log, 3);
    await allDecided(log);
    const jsm = await jetstreamManager(replica.nats);
    await jsm.consumers.delete('STORY_0', 'counting');
    await waitUntil('the loss is seen', () => replica.recorder.said(/does not consume/) === 1);
    await feed(log, 3);
    await allDecided(log);
    await jsm.streams.delete('STORY_0');
    await waitUntil('the loss is seen', () => replica.recorder.said(/does not consume/) === 2);
    await feed(log, 3);
    await allDecided(log);
    expect(replica.attempts).toHaveLength(9);
  });

  it('starts without a broker, says so once, and begins when it is there', async () => {
    const log = await countedLog();
    await broker.stop();
    const replica = await start({ log });
    expect(replica.strategy.health()).toEqual({ partitions: 1, bound: 0, degraded: true });
    await appendInput(log);
    await after(1_500);
    await broker.start();
    await allDecided(log);
    await bound(replica);
    expect(replica.recorder.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
  });

  it('stops while the broker is away', async () => {
    const log = await countedLog();
    const replica = await start({ log });
    await bound(replica);
    await broker.stop();
    const since = performance.now();
    await replica.stop();
    expect(performance.now() - since).toBeLessThan(5_000);
  });
});

const inputPositions = async (log: MemoryEventLog): Promise<number[]> =>
  positionsOf((await log.readPartition(0, 0, 10_000)).filter(({ type }) => type === 'Counted'));
