import {
  createPool,
  type EventLog,
  migrateEventStore,
  PgEventLog,
  publishing,
  StoryPublisher,
} from '@agon/event-store';
import { createDatabase, startNats, type TestNats } from '@agon/testing';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '../src/connection.ts';
import { type Replica, type ReplicaOptions, SERVICE, startReplica } from './replica.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What every process has: a pool, a connection, a publisher that sweeps. */
export interface WorldProcess {
  readonly nats: NatsConnection;
  readonly log: EventLog;
  readonly publisher: StoryPublisher;
}

/** Postgres and NATS, and the processes over them. */
export interface World {
  readonly broker: TestNats;
  process(name: string): Promise<WorldProcess>;
  replica(name: string, options?: Partial<ReplicaOptions>): Promise<Replica>;
  /** Ends all processes, the youngest first. */
  end(): Promise<void>;
  remove(): Promise<void>;
}

export const openWorld = async (partitions: readonly number[]): Promise<World> => {
  const [broker, database] = await Promise.all([startNats(), createDatabase()]);
  await migrateEventStore(database.url);
  const setUp = createPool(database.url, 'setup');
  const owners = new PgEventLog(setUp);
  await owners.claim('gateway', ['game']);
  await owners.claim(SERVICE, ['counter']);
  await setUp.end();
  const closing: (() => Promise<unknown>)[] = [];

  const process = async (name: string): Promise<WorldProcess> => {
    const pool = createPool(database.url, name);
    const nats = await connectNats(broker.url, name);
    const log = new PgEventLog(pool);
    const publisher = new StoryPublisher({ log, nats, partitions, logger: quiet });
    publisher.start();
    closing.push(async () => {
      await publisher.stop();
      if (!nats.isClosed()) await nats.close();
      await pool.end();
    });
    return { nats, log: publishing(log, publisher), publisher };
  };
  const end = async (): Promise<void> => {
    for (const close of closing.splice(0).toReversed()) await close();
  };
  return {
    broker,
    process,
    replica: async (name, options) => {
      const { nats, log, publisher } = await process(name);
      const started = await startReplica({ url: broker.url, nats, log, publisher, partitions, ...options });
      closing.push(() => started.stop());
      return started;
    },
    end,
    remove: async () => {
      await end();
      await Promise.all([broker.remove(), database.drop()]);
    },
  };
};
