import type { NatsConnection } from '@nats-io/transport-node';
import { MemoryEventLog, StoryPublisher, publishing, type EventLog, type StoredEvent } from '../src/index.ts';
import { LoggerSpy, connectTo } from './broker.ts';
import { claimAll, newEvent, request, stored } from './requests.ts';

/** One process of a test: a connection, a publisher, and the log that publishes through it. */
export interface PublishingProcess {
  readonly nats: NatsConnection;
  readonly publisher: StoryPublisher;
  readonly log: EventLog;
  readonly logger: LoggerSpy;
}

/** Opens processes on a broker and ends them all after each test. */
export class PublisherBench {
  readonly #ends: (() => Promise<void>)[] = [];

  async open(url: string, log: EventLog, partitions: readonly number[]): Promise<PublishingProcess> {
    const nats = await connectTo(url);
    const logger = new LoggerSpy();
    const publisher = new StoryPublisher({ log, nats, logger, partitions });
    this.#ends.push(async () => {
      await publisher.stop();
      await nats.close();
    });
    return { nats, publisher, log: publishing(log, publisher), logger };
  }

  async end(): Promise<void> {
    await Promise.all(this.#ends.splice(0).map((end) => end()));
  }
}

/** An empty log in memory whose categories are claimed. */
export const memoryLog = async (): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  await claimAll(log);
  return log;
};

/** Appends events one by one. */
export const appendMany = async (log: EventLog, partition: number, count: number): Promise<StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for (let n = 0; n < count; n += 1) {
    const metadata = { game: 'local', source: 'game', depth: 0, ...(n % 2 === 0 ? {} : { traceparent: `00-${n}-01` }) };
    events.push(...(await stored(log, request({ partition, events: [newEvent({ data: { n }, metadata })] }))));
  }
  return events;
};
