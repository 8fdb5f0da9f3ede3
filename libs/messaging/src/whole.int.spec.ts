import {
  createPool,
  migrateEventStore,
  PgEventLog,
  publishing,
  type StoredEvent,
  StoryPublisher,
} from '@agon/event-store';
import { createDatabase, startNats, type TestDatabase, type TestNats, waitUntil } from '@agon/testing';
import type { Pool } from 'pg';
import { decidedInputs, positionsOf } from '../test/counted-log.ts';
import { appendInput, storyIn } from '../test/inputs.ts';
import { bound, type Replica, SERVICE, startReplica } from '../test/replica.ts';
import { connectNats } from './connection.ts';

const PARTITIONS = [0, 1, 2, 3];
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a service on Postgres and NATS', () => {
  let broker: TestNats;
  let database: TestDatabase;
  let setUp: Pool;
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    [broker, database] = await Promise.all([startNats(), createDatabase()]);
    await migrateEventStore(database.url);
    setUp = createPool(database.url, 'setup');
    const log = new PgEventLog(setUp);
    await log.claim('gateway', ['game']);
    await log.claim(SERVICE, ['counter']);
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });
  afterAll(async () => {
    await setUp.end();
    await Promise.all([broker.remove(), database.drop()]);
  });

  /** What every process has: a pool, a connection, a publisher that sweeps. */
  const process = async (name: string) => {
    const pool = createPool(database.url, name);
    const nats = await connectNats(broker.url, name);
    const log = new PgEventLog(pool);
    const publisher = new StoryPublisher({ log, nats, partitions: PARTITIONS, logger: quiet });
    publisher.start();
    closing.push(async () => {
      await publisher.stop();
      if (!nats.isClosed()) await nats.close();
      await pool.end();
    });
    return { nats, log: publishing(log, publisher), publisher };
  };
  const replica = async (name: string): Promise<Replica> => {
    const { nats, log, publisher } = await process(name);
    const started = await startReplica({ url: broker.url, nats, log, publisher, partitions: PARTITIONS });
    closing.push(() => started.stop());
    return started;
  };

  it('decides every input once and in order, through two replicas, a lost one and a wiped broker', async () => {
    const gateway = await process('gateway');
    const first = await replica('first');
    await bound(first);
    const second = await replica('second');
    await bound(second);
    const inputs = new Map<string, StoredEvent[]>();
    const play = async (rounds: number): Promise<void> => {
      for (let n = 0; n < rounds; n += 1) {
        await Promise.all(
          PARTITIONS.map(async (partition) => {
            const stored = await appendInput(gateway.log, { partition, data: { by: 0.001 } });
            inputs.set(stored.storyId, [...(inputs.get(stored.storyId) ?? []), stored]);
          }),
        );
      }
    };
    await play(25);
    const dropped = first.nats.close();
    await play(25);
    await dropped;
    await play(10);
    await broker.kill9();
    broker.wipe();
    await play(25);
    await broker.start();
    await play(25);
    for (const partition of PARTITIONS) {
      const expected = positionsOf(inputs.get(storyIn(partition)) ?? []);
      expect(expected).toHaveLength(110);
      const decided = () => decidedInputs(gateway.log, partition);
      await waitUntil('all are decided', async () => (await decided()).length === expected.length, {
        within: 40_000,
        saw: () => [first, second].map(({ recorder, attempts }) => [recorder.lines, attempts.length]),
      });
      expect(await decided()).toEqual(expected);
    }
  });
});
