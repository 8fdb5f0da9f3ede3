import { startNats, type TestNats } from '@agon/testing';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { eventually, expectStreamIsLog } from '../test/broker.ts';
import { openPgLog } from '../test/open-pg-log.ts';
import { appendMany, memoryLog, PublisherBench, type PublishingProcess } from '../test/publisher-bench.ts';
import { claimAll, newEvent, request, stored } from '../test/requests.ts';
import type { EventLog } from './event-log.ts';

/** Copies the first events of a log, as a database restored from a backup would have them. */
const restored = async (log: EventLog, partition: number, count: number): Promise<EventLog> => {
  const copy = await memoryLog();
  for (const { eventId, data, metadata } of await log.readPartition(partition, 0, count)) {
    await stored(copy, request({ partition, events: [newEvent({ eventId, data, metadata })] }));
  }
  return copy;
};

/** What a failover to a replica that lags does: the last events never were. */
const loseTail = async (pool: Pool, partition: number, head: number): Promise<void> => {
  await pool.query('delete from agon_log.events where partition = $1 and position > $2', [partition, head]);
  await pool.query('update agon_log.log_partitions set head = $2 where partition = $1', [partition, head]);
  await pool.query('update agon_log.streams set version = $2 where partition = $1', [partition, head]);
};

describe('StoryPublisher under faults', () => {
  const bench = new PublisherBench();
  let broker: TestNats;
  let partitions = 0;
  const freshPartition = (): number => (partitions += 1);

  /** A process that has published events, and sweeps. */
  const published = async (count: number): Promise<PublishingProcess & { partition: number }> => {
    const partition = freshPartition();
    const process = await bench.open(broker.url, await memoryLog(), [partition]);
    process.publisher.start();
    await appendMany(process.log, partition, count);
    await process.publisher.idle();
    return { ...process, partition };
  };

  beforeAll(async () => {
    broker = await startNats();
  }, 300_000);
  afterEach(async () => {
    await bench.end();
    if (broker.pid === undefined) await broker.start();
  });
  afterAll(() => broker.remove());

  it('holds nothing up and nothing back while the broker is stopped, and catches up after', async () => {
    const { nats, log, publisher, partition } = await published(10);
    await broker.stop();
    const sent = nats.stats().outMsgs;
    const began = performance.now();
    await appendMany(log, partition, 3_000);
    expect(performance.now() - began).toBeLessThan(20_000);
    // At most 1,024 in flight and one window of 128 wait in memory; the rest is read from the log later.
    expect(nats.stats().outMsgs - sent).toBeLessThan(1_300);
    await delay(1_500);
    expect(publisher.lag()).toEqual([{ partition, head: 3_010, stored: 10 }]);
    await broker.start();
    await publisher.idle();
    await expectStreamIsLog(nats, log, partition);
    expect(publisher.lag()).toEqual([{ partition, head: 3_010, stored: 3_010 }]);
  }, 60_000);

  it('holds no append up while the broker hangs', async () => {
    const { nats, log, publisher, partition } = await published(10);
    broker.pause();
    const began = performance.now();
    await appendMany(log, partition, 2_000);
    expect(performance.now() - began).toBeLessThan(20_000);
    await delay(3_000);
    broker.resume();
    await publisher.idle();
    await expectStreamIsLog(nats, log, partition);
  }, 60_000);

  it('refills a stream that was wiped, from the lowest handled mark on, with nothing appended since', async () => {
    const { nats, log, publisher, partition } = await published(400);
    await log.append(request({ partition, handles: 100, events: [] }));
    await broker.stop();
    broker.wipe();
    await broker.start();
    await eventually(() => expectStreamIsLog(nats, log, partition, 101));
    await publisher.idle();
    expect(await publisher.ensureStream(partition)).toEqual({ firstSeq: 101, lastSeq: 400, copies: 1 });
  }, 60_000);

  it('goes on at the right sequence when the broker was wiped under appends of two processes', async () => {
    const one = await published(5);
    const two = await bench.open(broker.url, one.log, [one.partition]);
    two.publisher.start();
    await broker.stop();
    broker.wipe();
    await appendMany(one.log, one.partition, 5);
    await broker.start();
    await Promise.all([appendMany(one.log, one.partition, 200), appendMany(two.log, one.partition, 200)]);
    await Promise.all([one.publisher.idle(), two.publisher.idle()]);
    await expectStreamIsLog(one.nats, one.log, one.partition);
    expect([...one.logger.alarms, ...two.logger.alarms]).toEqual([]);
  }, 60_000);

  it('re-creates a stream that is ahead of the log, with an alarm', async () => {
    const { log, partition } = await published(10);
    const backup = await restored(log, partition, 6);
    await bench.end();
    const { nats, publisher, logger } = await bench.open(broker.url, backup, [partition]);
    publisher.start();
    await eventually(() => expectStreamIsLog(nats, backup, partition));
    expect(logger.alarms).toEqual([expect.stringContaining('Postgres lost its tail')]);
  }, 30_000);

  it('re-creates a stream of another log that is exactly as long', async () => {
    const { partition } = await published(10);
    await bench.end();
    const other = await memoryLog();
    await appendMany(other, partition, 10);
    const { nats, publisher, logger } = await bench.open(broker.url, other, [partition]);
    await publisher.ensureStream(partition);
    await publisher.idle();
    await expectStreamIsLog(nats, other, partition);
    expect(logger.alarms).toHaveLength(1);
  }, 30_000);

  it('notices a lost tail that new events cover before any sweep', async () => {
    const postgres = await openPgLog();
    try {
      await claimAll(postgres.log);
      const partition = freshPartition();
      const { nats, log, publisher, logger } = await bench.open(broker.url, postgres.log, [partition]);
      await appendMany(log, partition, 10);
      await publisher.idle();
      await loseTail(postgres.pool, partition, 6);
      await appendMany(log, partition, 8);
      await eventually(() => expectStreamIsLog(nats, postgres.log, partition));
      expect(logger.alarms).toEqual([expect.stringContaining('Postgres lost its tail')]);
    } finally {
      await bench.end();
      await postgres.close();
    }
  }, 60_000);

  it('leaves a wrong stream to whoever re-creates it first', async () => {
    const { log, partition } = await published(10);
    const backup = await restored(log, partition, 6);
    await bench.end();
    const processes = await Promise.all([1, 2, 3].map(() => bench.open(broker.url, backup, [partition])));
    for (const { publisher } of processes) publisher.start();
    for (const { nats } of processes) await eventually(() => expectStreamIsLog(nats, backup, partition));
    await delay(1_500);
    for (const { nats } of processes) await expectStreamIsLog(nats, backup, partition);
  }, 30_000);
});
