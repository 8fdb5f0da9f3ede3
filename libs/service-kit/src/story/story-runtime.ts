import { categoriesOf, consumes, parseEvent } from '@agon/contracts';
import type { EventLog } from '@agon/event-store';
import { PgEventLog, StoryPublisher, createPool, migrateEventStore, publishing } from '@agon/event-store';
import { Decisions, JetStreamStrategy, QueryClient, connectNats } from '@agon/messaging';
import { type ContentPacks, defaultContentPacks, loadContentPacks } from '@agon/narrative';
import { type AnyProjection, ProjectionHost, openReadDataSource, prepareProjections } from '@agon/projections';
import { setTimeout as delay } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { BaseConfig } from '../base-config.ts';
import { withCorrelation } from '../correlation.ts';
import type { Metrics } from '../metrics.ts';
import { messagingMetrics } from './messaging-metrics.ts';

/** Written into every event, so that a decision can be laid to the rules that made it. */
const ENGINE = 'agon@0.1';
/** With the four of the read models a process holds ten. */
const LOG_CONNECTIONS = 6;
/** How long an end waits for what is still to be published; the sweep of another process would do it, a second later. */
const PUBLISH_GRACE_MS = 2_000;

export interface StoryRuntimeOptions {
  service: string;
  config: BaseConfig;
  projections: readonly AnyProjection[];
  logger: Logger;
}

/** What a service that takes part in stories holds: the log, the broker, its read models, its words. */
export class StoryRuntime {
  private constructor(
    readonly service: string,
    readonly partitions: readonly number[],
    readonly packs: ContentPacks,
    private readonly stored: PgEventLog,
    readonly log: EventLog,
    readonly nats: NatsConnection,
    readonly publisher: StoryPublisher,
    readonly decisions: Decisions,
    readonly projections: ProjectionHost,
    readonly dataSource: DataSource,
    readonly pool: Pool,
    private readonly logger: Logger,
  ) {}

  /**
   * Opens everything; nothing is consumed or folded yet. The broker may be away.
   * Throws when the content packs are broken or Postgres can't be reached.
   */
  static async open({ service, config, projections, logger }: StoryRuntimeOptions): Promise<StoryRuntime> {
    const packs = loadContentPacks(config.AGON_CONTENT_PACKS ?? defaultContentPacks());
    const partitions = Array.from({ length: config.AGON_PARTITIONS }, (_, partition) => partition);
    await migrateEventStore(config.DATABASE_URL);
    const pool = createPool(config.DATABASE_URL, service, LOG_CONNECTIONS);
    const stored = new PgEventLog(pool);
    await stored.claim(service, categoriesOf(service));
    const nats = await connectNats(config.NATS_URL, service);
    const publisher = new StoryPublisher({ log: stored, nats, logger, partitions });
    const log = publishing(stored, publisher);
    const dataSource = await openReadDataSource(config.DATABASE_URL, service);
    const set = { service, projections, partitions: partitions.length };
    await prepareProjections(dataSource, set);
    const host = new ProjectionHost({ ...set, dataSource, log, logger });
    const decisions = new Decisions({ service, log, engine: ENGINE });
    const parts = [
      service,
      partitions,
      packs,
      stored,
      log,
      nats,
      publisher,
      decisions,
      host,
      dataSource,
      pool,
      logger,
    ] as const;
    return new StoryRuntime(...parts);
  }

  /** Starts to publish and to fold, with connections opened and statements prepared. */
  async start(): Promise<void> {
    this.publisher.start();
    await this.projections.start();
    await Promise.all([this.projections.warm(), this.stored.warm(LOG_CONNECTIONS)]);
    this.wakeOnTraffic();
  }

  /** The consumers of the service's messages, filtered to what the contracts say that it handles. */
  strategy(service: keyof typeof consumes, metrics: Metrics): JetStreamStrategy {
    const { nats, log, publisher, partitions, logger, decisions } = this;
    return new JetStreamStrategy({
      service,
      nats,
      log,
      publisher,
      partitions,
      from: 'start',
      parse: parseEvent,
      expectedTypes: consumes[service],
      onPinned: (partition) => decisions.dropPartition(partition),
      around: (stored, run) => withCorrelation(stored.correlationId, run),
      metrics: messagingMetrics(metrics),
      logger,
    });
  }

  queries(): QueryClient {
    return new QueryClient(this.nats);
  }

  /** Ends what `open` and `start` began; what is under way is finished first. */
  async close(): Promise<void> {
    await this.projections.stop();
    await Promise.race([this.publisher.idle(), delay(PUBLISH_GRACE_MS, undefined, { ref: false })]);
    await this.publisher.stop();
    await this.nats.close();
    await this.dataSource.destroy();
    await this.pool.end();
  }

  /** Whatever is stored in `STORY_<p>` passes on `story.<p>.>`; the host's own look at the heads is the net. */
  private wakeOnTraffic(): void {
    this.nats.subscribe('story.*.>', {
      callback: (error, message) => {
        if (error === null) this.projections.wake(Number(message.subject.split('.')[1]));
      },
    });
  }
}
