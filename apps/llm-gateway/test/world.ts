import { type DataOf, deltaSubject, parseEvent, RefinementDelta } from '@agon/contracts';
import { createPool, type EventLog, migrateEventStore, PgEventLog, type StoredEvent } from '@agon/event-store';
import { connectNats } from '@agon/messaging';
import { createDatabase, startNats, type TestDatabase, type TestNats, waitUntil } from '@agon/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Pool } from 'pg';
import { Registry } from 'prom-client';
import { type LaneOptions, LANES, streamOf } from '../src/lanes/lane-streams.ts';
import { LlmGateway } from '../src/llm-gateway.ts';
import type { Model } from '../src/model/model.ts';
import { RecordedLines } from './recorded-lines.ts';
import { appendRequest, claimAll } from './requests.ts';

/** One process's worth of the service, in this process. */
export interface Replica {
  readonly gateway: LlmGateway;
  readonly nats: NatsConnection;
  readonly logger: RecordedLines;
  readonly registry: Registry;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** Ends it as a crash would: nothing is finished, acknowledged or given back. */
  crash(): Promise<void>;
}

export interface ReplicaOptions {
  model?: Model | undefined;
  /** Default: the world's. */
  log?: EventLog;
  concurrency?: number;
  breakerResetMs?: number;
  lanes?: LaneOptions;
  graceMs?: number;
  laneGraceMs?: number;
}

/** Broker, log, and the service on them. */
export class World {
  private readonly replicas: Replica[] = [];

  private constructor(
    readonly broker: TestNats,
    readonly log: PgEventLog,
    private readonly database: TestDatabase,
    private readonly pool: Pool,
  ) {}

  static async open(): Promise<World> {
    const [broker, database] = await Promise.all([startNats(), createDatabase()]);
    await migrateEventStore(database.url);
    const pool = createPool(database.url, 'test', 4);
    const log = new PgEventLog(pool);
    await claimAll(log);
    return new World(broker, log, database, pool);
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  async start({ model, log = this.log, ...options }: ReplicaOptions): Promise<Replica> {
    const nats = await connectNats(this.broker.url, 'llm-gateway');
    const logger = new RecordedLines();
    const registry = new Registry();
    const choice = { model, description: model === undefined ? 'no model' : 'a scripted model' };
    const gateway = new LlmGateway({
      concurrency: 4,
      breakerResetMs: 10_000,
      ...options,
      choice,
      log,
      now: Date.now,
      nats,
      registry,
      logger,
    });
    gateway.start();
    const replica: Replica = {
      gateway,
      nats,
      logger,
      registry,
      stop: async () => {
        this.forget(replica);
        await gateway.drain();
        await gateway.close();
        await nats.close();
      },
      crash: async () => {
        this.forget(replica);
        await nats.close();
        // Only so that nothing of it outlives the test.
        await gateway.drain();
        await gateway.close();
      },
    };
    this.replicas.push(replica);
    await waitUntil('the lanes are reached', () => gateway.lanesHealth().state === 'up', { saw: () => logger.lines });
    return replica;
  }

  /** Stops the replicas; the lanes keep what is on them. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.replicas].map((replica) => replica.stop()));
  }

  async close(): Promise<void> {
    await this.stopAll();
    await this.pool.end();
    await this.database.drop();
    await this.broker.remove();
  }

  /** Stores a request and lets the service take it in. */
  async request(
    { gateway }: Replica,
    storyId: string,
    changes: Partial<DataOf<'RefinementRequested'>> = {},
  ): Promise<StoredEvent> {
    const stored = await appendRequest(this.log, storyId, changes);
    await takeIn(gateway, stored);
    return stored;
  }

  /** What the service has appended for a story, in order. */
  results(storyId: string): Promise<StoredEvent[]> {
    return this.log.readStream(3, `llm-${storyId}`);
  }

  /** How many messages lie on the lanes. */
  async onLanes(): Promise<number> {
    const nats = await connectNats(this.broker.url, 'test');
    try {
      const manager = await jetstreamManager(nats);
      const infos = await Promise.all(LANES.map((lane) => manager.streams.info(streamOf(lane))));
      return infos.reduce((sum, { state }) => sum + state.messages, 0);
    } finally {
      await nats.close();
    }
  }

  private forget(replica: Replica): void {
    this.replicas.splice(this.replicas.indexOf(replica), 1);
  }
}

export const takeIn = async (gateway: LlmGateway, stored: StoredEvent): Promise<void> => {
  const event = parseEvent(stored);
  if (event.type !== 'RefinementRequested') throw new Error(`${event.type} is no request`);
  await gateway.intake.take(stored, event.data);
};

/** Reasons of the refusals among the results. */
export const reasonsOf = (results: readonly StoredEvent[]): string[] =>
  results
    .map(parseEvent)
    .flatMap((event) =>
      event.type === 'RefinementsDeclined' ? event.data.refinements.map(({ reason }) => reason) : [],
    );

/** The drafts of one refinement, as they come. */
export const draftsOf = ({ nats }: Replica, storyId: string, refinementId: string): RefinementDelta[] => {
  const drafts: RefinementDelta[] = [];
  nats.subscribe(deltaSubject('local', storyId, refinementId), {
    callback: (_error, message) => void drafts.push(RefinementDelta.parse(message.json())),
  });
  return drafts;
};

/** The value of a counter or gauge with these labels; 0 when it has none. */
export const figure = async ({ registry }: Replica, name: string, labels: object = {}): Promise<number> => {
  const metric = await registry.getSingleMetric(name)?.get();
  const wanted = Object.entries(labels);
  const values = metric?.values.filter((value) =>
    wanted.every(([label, is]) => Reflect.get(value.labels, label) === is),
  );
  return (values ?? []).reduce((sum, { value }) => sum + value, 0);
};
