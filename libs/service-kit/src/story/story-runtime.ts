import {
  categoriesOf,
  consumes,
  isRefinementType,
  isSettlementType,
  parseEvent,
  schemaVersionOf,
} from '@agon/contracts';
import type { EventLog, StoredEvent } from '@agon/event-store';
import { PgEventLog, StoryPublisher, createPool, migrateEventStore, publishing, warmAppends } from '@agon/event-store';
import {
  Decisions,
  JetStreamStrategy,
  type MessagingMetrics,
  QueryClient,
  StreamFolds,
  connectNats,
} from '@agon/messaging';
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
import { LogClock } from './log-clock.ts';
import { messagingMetrics } from './messaging-metrics.ts';
import { rehearse } from './rehearsal.ts';
import { rulesOf } from './rules.ts';

/** Written into every event, so that a decision can be laid to the rules that made it. */
const ENGINE = 'agon@0.1';
/** With the four of the read models a process holds ten. */
const LOG_CONNECTIONS = 6;
/** How long an end waits for what is still to be published; the sweep of another process would do it, a second later. */
const PUBLISH_GRACE_MS = 2_000;

/** Boards are folded in passing: whoever reads one has it folded up to the position that is asked for. */
const BOARD_SETTLE_MS = 250;

export interface StoryRuntimeOptions {
  service: string;
  config: BaseConfig;
  /** Folder of the service's code: snapshots that other code has written are ignored. */
  code: string;
  projections: readonly AnyProjection[];
  /** How long a fold waits for more events, in milliseconds. */
  settleMs?: number;
  logger: Logger;
  metrics: Metrics;
}

interface Parts {
  readonly service: string;
  readonly partitions: readonly number[];
  readonly packs: ContentPacks;
  readonly pool: Pool;
  readonly log: EventLog;
  readonly clock: LogClock;
  readonly nats: NatsConnection;
  readonly publisher: StoryPublisher;
  readonly decisions: Decisions;
  /** Folds of the service's own streams, for what it decides without a message. */
  readonly folds: StreamFolds;
  readonly metrics: MessagingMetrics;
  readonly projections: ProjectionHost;
  readonly dataSource: DataSource;
  readonly logger: Logger;
}

/** What a service that takes part in stories holds: the log, the broker, its read models, its words. */
export class StoryRuntime {
  private constructor(
    readonly parts: Parts,
    private readonly listeners: Set<(event: StoredEvent) => void>,
  ) {}

  /**
   * Opens everything; nothing is consumed or folded yet. The broker may be away.
   * Throws when the content packs are broken or Postgres can't be reached.
   */
  static async open(options: StoryRuntimeOptions): Promise<StoryRuntime> {
    const { service, config, code, settleMs = BOARD_SETTLE_MS, logger } = options;
    const packs = loadContentPacks(config.AGON_CONTENT_PACKS ?? defaultContentPacks());
    const partitions = Array.from({ length: config.AGON_PARTITIONS }, (_, partition) => partition);
    await migrateEventStore(config.DATABASE_URL);
    const pool = createPool(config.DATABASE_URL, service, LOG_CONNECTIONS);
    const stored = new PgEventLog(pool);
    await stored.claim(service, categoriesOf(service));
    const nats = await connectNats(config.NATS_URL, service);
    const replicas = config.AGON_BROKER_REPLICAS;
    const publisher = new StoryPublisher({ log: stored, nats, logger, partitions, replicas });
    const dataSource = await openReadDataSource(config.DATABASE_URL, service);
    const set = { service, projections: options.projections, partitions: partitions.length };
    await prepareProjections(dataSource, set);
    const projections = new ProjectionHost({ ...set, dataSource, log: stored, settleMs, logger });
    const listeners = new Set<(event: StoredEvent) => void>();
    const log = publishing(stored, {
      publish: (events) => {
        publisher.publish(events);
        for (const tell of listeners) for (const event of events) tell(event);
        for (const partition of new Set(events.map((event) => event.partition))) projections.wake(partition);
      },
      notice: (partition, position) => publisher.notice(partition, position),
    });
    const metrics = messagingMetrics(options.metrics);
    const common = { service, log, rules: rulesOf(code), metrics, logger };
    const decisions = new Decisions({ ...common, engine: ENGINE, schemaVersionOf, isSettlement: isSettlementType });
    const folds = new StreamFolds(common);
    const parts = {
      service,
      partitions,
      packs,
      pool,
      log,
      clock: new LogClock(pool),
      nats,
      publisher,
      decisions,
      folds,
      metrics,
      projections,
      dataSource,
      logger,
    };
    return new StoryRuntime(parts, listeners);
  }

  /** Calls `tell` with every event that this process appends from now on. */
  onAppended(tell: (event: StoredEvent) => void): void {
    this.listeners.add(tell);
  }

  /** Starts to publish and to fold, with connections opened and statements prepared. */
  async start(): Promise<void> {
    const { service, publisher, projections, pool, clock } = this.parts;
    const [category] = categoriesOf(service);
    if (category === undefined) throw new Error(`${service} owns no category of streams`);
    await clock.start();
    publisher.start();
    await projections.start();
    await Promise.all([projections.warm(), warmAppends(pool, service, category, LOG_CONNECTIONS)]);
  }

  /**
   * The consumers of the service's messages, filtered to what the contracts say that it handles.
   *
   * @param rehearsed whether the handlers are tried with examples first; not where they do more than decide.
   */
  strategy(service: keyof typeof consumes, rehearsed = true): JetStreamStrategy {
    const { nats, log, publisher, partitions, logger, decisions, packs, metrics } = this.parts;
    return new JetStreamStrategy({
      service,
      nats,
      log,
      publisher,
      partitions,
      from: 'start',
      parse: parseEvent,
      expectedTypes: consumes[service],
      // Requests to a model are nobody's answer, and larger than most facts.
      isAnswer: ({ type }) => !isRefinementType(type),
      onPinned: (partition) => decisions.dropPartition(partition),
      around: (stored, run) => withCorrelation(stored.correlationId, run),
      rehearse: rehearsed ? (handle) => rehearse(service, packs.ids[0] ?? '', decisions, handle) : undefined,
      metrics,
      logger,
    });
  }

  queries(): QueryClient {
    return new QueryClient(this.parts.nats);
  }

  /** Ends what `open` and `start` began; what is under way is finished first. */
  async close(): Promise<void> {
    const { projections, publisher, nats, dataSource, pool, decisions, folds, clock } = this.parts;
    clock.stop();
    await projections.stop();
    const idle = Promise.all([publisher.idle(), decisions.idle(), folds.idle()]);
    await Promise.race([idle, delay(PUBLISH_GRACE_MS, undefined, { ref: false })]);
    await publisher.stop();
    await nats.close();
    await dataSource.destroy();
    await pool.end();
  }
}
