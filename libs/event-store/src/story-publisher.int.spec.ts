import { startNats, type TestNats } from '@agon/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { eventually, expectStreamIsLog, messagesOf } from '../test/broker.ts';
import { openPgLog, type OpenPgLog } from '../test/open-pg-log.ts';
import { appendMany, memoryLog, PublisherBench } from '../test/publisher-bench.ts';
import { claimAll, newEvent, request, stored } from '../test/requests.ts';
import { streamOf } from './names.ts';

describe('StoryPublisher', () => {
  const bench = new PublisherBench();
  let broker: TestNats;
  let pg: OpenPgLog;
  let partitions = 100;
  const freshPartition = (): number => (partitions += 1);

  beforeAll(async () => {
    [broker, pg] = await Promise.all([startNats(), openPgLog()]);
    await claimAll(pg.log);
  }, 300_000);
  afterEach(() => bench.end());
  afterAll(async () => {
    await pg.close();
    await broker.remove();
  });

  it('stores every event at the sequence of its position, from many appenders with two publishers', async () => {
    const two = [freshPartition(), freshPartition()];
    const processes = await Promise.all([bench.open(broker.url, pg.log, two), bench.open(broker.url, pg.log, two)]);
    for (const { publisher } of processes) publisher.start();
    const append = async (writer: number): Promise<void> => {
      for (let turn = 0; turn < 25; turn += 1) {
        const events = Array.from({ length: 1 + ((writer + turn) % 3) }, () => newEvent());
        const process = processes[writer % 2];
        const partition = two[(writer >> 1) % 2];
        if (process !== undefined && partition !== undefined) {
          await stored(process.log, request({ partition, events }));
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, writer) => append(writer)));
    await Promise.all(processes.map(({ publisher }) => publisher.idle()));
    for (const partition of two) {
      for (const { nats } of processes) await expectStreamIsLog(nats, pg.log, partition);
    }
    expect(processes.flatMap(({ logger }) => logger.alarms)).toEqual([]);
  }, 60_000);

  it('never stores an event in the place of its predecessor', async () => {
    const partition = freshPartition();
    const log = await memoryLog();
    const [first, second] = await appendMany(log, partition, 2);
    if (first === undefined || second === undefined) throw new Error('no events');
    const { nats, publisher } = await bench.open(broker.url, log, [partition]);
    await publisher.ensureStream(partition);
    await publisher.idle();
    const [third, fourth] = await appendMany(log, partition, 2);
    if (third === undefined || fourth === undefined) throw new Error('no events');
    publisher.publish([fourth]);
    publisher.publish([third]);
    publisher.publish([fourth]);
    await publisher.idle();
    await expectStreamIsLog(nats, log, partition);
  });

  it('creates a stream that outlives deletion and purging of its messages', async () => {
    const partition = freshPartition();
    const { nats, publisher, log } = await bench.open(broker.url, await memoryLog(), [partition]);
    await appendMany(log, partition, 2);
    await publisher.idle();
    const manager = await jetstreamManager(nats);
    const { config } = await manager.streams.info(streamOf(partition));
    expect(config).toMatchObject({
      subjects: [`story.${partition}.>`],
      retention: 'limits',
      storage: 'file',
      max_age: 7 * 24 * 3_600_000 * 1_000_000,
      deny_delete: true,
      deny_purge: true,
    });
    await expect(manager.streams.purge(streamOf(partition))).rejects.toThrow(/not permitted/);
    await expect(manager.streams.deleteMessage(streamOf(partition), 1)).rejects.toThrow(/not permitted/);
  });

  it('creates a stream once, whoever asks, beginning after the lowest handled mark', async () => {
    const [partition, unmarked] = [freshPartition(), freshPartition()];
    const log = await memoryLog();
    await appendMany(log, partition, 9);
    await log.append(request({ partition, handles: 7, events: [] }));
    await log.append(request({ partition, service: 'conflict-flow', handles: 4, events: [] }));
    const processes = await Promise.all([1, 2].map(() => bench.open(broker.url, log, [partition, unmarked])));
    const ensure = processes.flatMap(({ publisher }) =>
      Array.from({ length: 5 }, () => publisher.ensureStream(partition)),
    );
    const answers = await Promise.all(ensure);
    expect(new Set(answers.map(({ firstSeq }) => firstSeq))).toEqual(new Set([5]));
    await Promise.all(processes.map(({ publisher }) => publisher.idle()));
    for (const { nats, publisher } of processes) {
      await eventually(() => expectStreamIsLog(nats, log, partition, 5));
      expect(await publisher.ensureStream(partition)).toEqual({ firstSeq: 5, lastSeq: 9, copies: 1 });
      expect(await publisher.ensureStream(unmarked)).toEqual({ firstSeq: 1, lastSeq: 0, copies: 1 });
    }
  });

  it('publishes what a process that died left unpublished', async () => {
    const partition = freshPartition();
    const log = await memoryLog();
    const { nats, publisher } = await bench.open(broker.url, log, [partition]);
    publisher.start();
    await appendMany(log, partition, 300);
    await eventually(() => expectStreamIsLog(nats, log, partition), 10_000);
    await eventually(() => expect(publisher.lag()).toEqual([{ partition, head: 300, stored: 300 }]));
  }, 20_000);

  it('publishes at once what a retry finds stored', async () => {
    const partition = freshPartition();
    const log = await memoryLog();
    const lost = request({ partition });
    await stored(log, lost);
    const process = await bench.open(broker.url, log, [partition]);
    expect(await process.log.append(lost)).toMatchObject({ outcome: 'duplicate' });
    await process.publisher.idle();
    await expectStreamIsLog(process.nats, log, partition);
  });

  it('keeps publishing one partition while another partition’s stream is taken away', async () => {
    const [partition, other] = [freshPartition(), freshPartition()];
    const process = await bench.open(broker.url, await memoryLog(), [partition, other]);
    process.publisher.start();
    await appendMany(process.log, partition, 3);
    await appendMany(process.log, other, 3);
    await process.publisher.idle();
    await (await jetstreamManager(process.nats)).streams.delete(streamOf(other));
    await appendMany(process.log, partition, 3);
    await appendMany(process.log, other, 1);
    await process.publisher.idle();
    await expectStreamIsLog(process.nats, process.log, partition);
    await expectStreamIsLog(process.nats, process.log, other);
    expect(await messagesOf(process.nats, other)).toHaveLength(4);
  }, 20_000);
});
