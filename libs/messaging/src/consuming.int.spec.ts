import { setImmediate as turn } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { NatsConnectionImpl } from '@nats-io/nats-core/internal';
import { startNats, type TestNats, waitUntil } from '@agon/testing';
import { countedLog, decidedInputs, positionsOf } from '../test/counted-log.ts';
import { appendInput } from '../test/inputs.ts';
import { type Replica, type ReplicaOptions, startReplica, bound } from '../test/replica.ts';
import { StoryFeeder } from '../test/story-feeder.ts';
import { connectNats } from './connection.ts';

describe('consuming a partition', () => {
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

  it('handles what was there and what comes, in order, once', async () => {
    const log = await countedLog();
    for (let n = 0; n < 20; n += 1) await appendInput(log, { story: n % 2 === 0 ? 'one' : 'two' });
    const replica = await start({ log });
    await waitUntil('the first twenty', () => replica.attempts.length === 20);
    for (let n = 0; n < 20; n += 1) {
      await appendInput(log);
      await replica.feeder.ensureStream(0);
    }
    await waitUntil('all forty', () => replica.attempts.length === 40);
    const positions = positionsOf(replica.attempts);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(new Set(positions).size).toBe(40);
    await waitUntil('all are decided', async () => (await decidedInputs(log)).length === 30);
    expect(await decidedInputs(log, 0, 'two')).toHaveLength(10);
  });

  it('keeps the order, and decides nothing twice, when acknowledgements are lost', async () => {
    const log = await countedLog();
    for (let n = 0; n < 12; n += 1) await appendInput(log);
    const nats = await connectNats(broker.url, 'lossy');
    let swallowed = 0;
    if (nats instanceof NatsConnectionImpl) {
      const publish = nats.protocol.publish.bind(nats.protocol);
      nats.protocol.publish = (subject, payload, options) => {
        const isAck =
          subject.startsWith('$JS.ACK') && payload instanceof Uint8Array && payload[0] === '+'.charCodeAt(0);
        if (isAck && swallowed < 3 && Math.random() < 0.4) swallowed += 1;
        else publish(subject, payload, options);
      };
    }
    const replica = await start({ log, nats, ackWaitMs: 1_000 });
    await waitUntil('the consumer is done', async () => {
      await bound(replica);
      return (await pendingOf(replica)) === 0;
    });
    expect(swallowed).toBeGreaterThan(0);
    expect(positionsOf(replica.attempts)).toEqual([...Array(12).keys()].map((n) => n + 1));
    expect(await decidedInputs(log)).toEqual(positionsOf(replica.attempts));
  });

  it('says that it is still at work for as long as a handler takes', async () => {
    const log = await countedLog();
    await appendInput(log);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const replica = await start({ log, ackWaitMs: 1_000, plan: { before: () => held } });
    await waitUntil('in hand', () => replica.attempts.length === 1);
    const info = async () => (await jsmOf(replica)).consumers.info('STORY_0', 'counting');
    const since = performance.now();
    await waitUntil('three times the time that the broker waits', () => performance.now() - since > 3_000);
    expect((await info()).num_redelivered).toBe(0);
    release();
    await waitUntil('acknowledged', async () => (await info()).num_ack_pending === 0);
    expect(replica.attempts).toHaveLength(1);
  });

  it('passes over what a fork copied, and over types that it does not handle', async () => {
    const log = await countedLog();
    await appendInput(log, { metadata: { copied: true } });
    await appendInput(log, { type: 'Unknown' });
    await appendInput(log);
    const replica = await start({ log });
    await waitUntil('the last is decided', async () => (await decidedInputs(log)).length === 1);
    expect(positionsOf(replica.attempts)).toEqual([3]);
  });

  it('begins at the head when the service is new and says so', async () => {
    const log = await countedLog();
    for (let n = 0; n < 3; n += 1) await appendInput(log);
    const replica = await start({ log, from: 'head' });
    await bound(replica);
    await appendInput(log);
    await replica.feeder.ensureStream(0);
    await waitUntil('the new one', () => replica.attempts.length > 0);
    expect(positionsOf(replica.attempts)).toEqual([4]);
  });

  it('handles from the log what the stream no longer holds, in order, then goes on with the stream', async () => {
    const log = await countedLog();
    for (let n = 0; n < 10; n += 1) await appendInput(log);
    const nats = await connectNats(broker.url, 'setup');
    await new StoryFeeder(log, nats).createFrom(0, 8);
    await nats.close();
    const replica = await start({ log });
    await waitUntil('all ten', async () => (await decidedInputs(log)).length === 10);
    await appendInput(log);
    await replica.feeder.ensureStream(0);
    await waitUntil('the eleventh', () => replica.attempts.length === 11);
    // Positions 11 to 20 are what was decided for the first ten.
    expect(positionsOf(replica.attempts)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 21]);
    expect(replica.recorder.said(/from the log/)).toBe(1);
  });

  it('takes the log for a message that is not the event of its position', async () => {
    const log = await countedLog();
    for (let n = 0; n < 3; n += 1) await appendInput(log);
    const nats = await connectNats(broker.url, 'setup');
    const [first] = await log.readPartition(0, 0, 1);
    const jsm = await jetstreamManager(nats);
    await jsm.streams.add({ name: 'STORY_0', subjects: ['story.0.>'] });
    for (const body of [JSON.stringify(first), 'rubbish', JSON.stringify(first)]) {
      await jsm.jetstream().publish('story.0.local.game.Counted', body);
    }
    await nats.close();
    const replica = await start({ log });
    await waitUntil('all three', async () => (await decidedInputs(log)).length === 3);
    expect(positionsOf(replica.attempts)).toEqual([1, 2, 3]);
    expect(replica.recorder.said(/not the event of its position/)).toBe(2);
  });

  it('asks for a new type as soon as it is handled', async () => {
    const log = await countedLog();
    const replica = await start({ log });
    await bound(replica);
    const jsm = await jsmOf(replica);
    await jsm.consumers.update('STORY_0', 'counting', { filter_subjects: ['story.0.*.*.Other'] });
    await replica.stop();
    const second = await start({ log });
    await bound(second);
    const { config } = await (await jsmOf(second)).consumers.info('STORY_0', 'counting');
    expect(config.filter_subjects).toEqual(['story.0.*.*.Counted', 'story.0.*.*.Noted']);
    await appendInput(log);
    await second.feeder.ensureStream(0);
    await waitUntil('handled', () => second.attempts.length === 1);
  });

  it('stops at any moment of its start', async () => {
    const log = await countedLog();
    for (let n = 0; n < 8; n += 1) {
      const replica = await startReplica({ url: broker.url, log, partitions: [0, 1, 2, 3] });
      // As many turns as it takes to stop in the midst of each step, up to a consumer that waits for messages.
      for (let turns = n * n * 4; turns > 0; turns -= 1) await turn();
      const since = performance.now();
      await replica.stop();
      expect(performance.now() - since).toBeLessThan(2_500);
    }
  });

  it('does not listen when its handlers are not those of the contracts', async () => {
    const log = await countedLog();
    const nats = await connectNats(broker.url, 'setup');
    await expect(start({ log, nats, expectedTypes: ['Counted', 'Forgotten'] })).rejects.toThrow(
      'the handlers of counting differ from the contracts: no handler for Forgotten; not in the contracts: Noted',
    );
    await nats.close();
  });

  it('starts 64 partitions fast', async () => {
    const log = await countedLog();
    const partitions = [...Array(64).keys()];
    for (const partition of partitions) await appendInput(log, { partition });
    const since = performance.now();
    const replica = await start({ log, partitions });
    await bound(replica);
    await waitUntil('one of each', () => replica.attempts.length === 64);
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(replica.strategy.health()).toEqual({ partitions: 64, bound: 64, degraded: false });
    expect(replica.recorder.lines).toHaveLength(1);
  });
});

const jsmOf = ({ nats }: Replica) => jetstreamManager(nats);

const pendingOf = async (replica: Replica): Promise<number> => {
  const info = await (await jsmOf(replica)).consumers.info('STORY_0', 'counting');
  return info.num_pending + info.num_ack_pending;
};
