import { BaseRpcContext, type CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import { lastValueFrom } from 'rxjs';
import { type EventLog, type StoredEvent, streamOf } from '@agon/event-store';
import { isConnected } from './connection.ts';
import { eventPattern, JETSTREAM, queryNameOf } from './decorators.ts';
import { MessageHandler } from './handle-message.ts';
import { handledTypes } from './handled-types.ts';
import { Limit } from './limit.ts';
import { messageOf, type MessagingLogger } from './logger.ts';
import { MessageContext } from './message-context.ts';
import { type MessagingMetrics, noMetrics } from './metrics.ts';
import { PartitionConsumer, type StreamKeeper } from './partition-consumer.ts';
import { QueryServer } from './query-server.ts';
import { Redriver } from './redriver.ts';
import { isAtLeast } from './server-version.ts';

export interface JetStreamStrategyOptions {
  service: string;
  nats: NatsConnection;
  log: EventLog;
  /** Creates and refills the partitions' streams. */
  publisher: StreamKeeper;
  partitions: readonly number[];
  /** Where a service that was never here begins: at the first event, or with those to come. */
  from: 'start' | 'head';
  /** The event in the terms of its type; throws when its data is not what the type promises. */
  parse: (stored: StoredEvent) => unknown;
  /** The types that the contracts say this service handles; `listen` fails when its handlers differ. */
  expectedTypes?: readonly string[] | undefined;
  /** How long the broker waits for a sign of life before another replica gets the message; 5,000 ms when absent. */
  ackWaitMs?: number | undefined;
  /** Told when the partition may have had another owner; wire it to `Decisions.dropPartition`. */
  onPinned?: ((partition: number) => void) | undefined;
  /** Whether an event that was decided goes into the fast answer; all do when absent. */
  isAnswer?: ((event: StoredEvent) => boolean) | undefined;
  /** Runs around each message; wire it to whatever puts the correlation id into log lines. */
  around?: (<T>(stored: StoredEvent, run: () => Promise<T>) => Promise<T>) | undefined;
  /**
   * Runs before anything is consumed, with a way to call the handlers; wire it to `Decisions.rehearse`. What it throws
   * fails the start.
   */
  rehearse?: ((handle: (stored: StoredEvent) => Promise<unknown>) => Promise<void>) | undefined;
  metrics?: MessagingMetrics | undefined;
  logger: MessagingLogger;
}

/** What the health check asks. */
export interface MessagingHealth {
  partitions: number;
  /** Partitions that are being consumed. */
  bound: number;
  /** Some are not, or the broker is away. */
  degraded: boolean;
}

/** How many partitions bind at a time: enough for a fast start, few enough for a pool of ten connections. */
const BINDING_WIDTH = 16;
/** How long a shutdown waits for the messages in hand, in milliseconds. */
const GRACE_MS = 10_000;

/** Runs a Nest application's `@OnEvent` and `@OnQuery` handlers on JetStream, one ordered consumer per partition. */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = JETSTREAM;
  private readonly metrics: MessagingMetrics;
  private readonly bound = new Set<number>();
  private consumers: PartitionConsumer[] = [];
  private queries: QueryServer | undefined;
  private redriver: Redriver | undefined;
  private leaders: Subscription | undefined;
  private lastReason = '';
  private stopped = false;

  constructor(private readonly options: JetStreamStrategyOptions) {
    super();
    this.metrics = options.metrics ?? noMetrics;
  }

  /** Starts to consume. Comes back as soon as the marks are registered: with the broker away, `health()` says degraded. */
  listen(callback: (error?: unknown) => void): void {
    void this.startAndTell(callback);
  }

  /** Stops to consume and to answer; the messages in hand get 10 s to end. The connection stays open. */
  async close(): Promise<void> {
    this.stopped = true;
    this.leaders?.unsubscribe();
    const stopping = Promise.all([
      this.queries?.stop(),
      this.redriver?.stop(),
      ...this.consumers.map((consumer) => consumer.stop()),
    ]);
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), GRACE_MS);
    });
    const ended = await Promise.race([stopping, grace]);
    clearTimeout(timer);
    if (ended === 'late') this.options.logger.warn({}, 'messages in hand are left to be delivered again');
  }

  health(): MessagingHealth {
    const partitions = this.consumers.length;
    const bound = this.bound.size;
    return { partitions, bound, degraded: bound < partitions || !isConnected(this.options.nats) };
  }

  on(): never {
    throw new Error('the JetStream strategy has no events to listen to; see health()');
  }

  unwrap(): never {
    throw new Error('the JetStream strategy wraps nothing; the NATS connection is given to it');
  }

  private async startAndTell(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      return callback(error);
    }
    return callback();
  }

  private async start(): Promise<void> {
    const { service, nats, log, partitions, from, publisher, logger, onPinned } = this.options;
    const types = handledTypes(service, this.messageHandlers, this.options.expectedTypes);
    const handler = this.messageHandler();
    await this.options.rehearse?.((stored) =>
      this.dispatch(eventPattern(stored.type), this.options.parse(stored), new MessageContext(stored, () => undefined)),
    );
    if (types.length > 0) {
      await log.register(service, partitions, from);
      const ackWaitMs = this.options.ackWaitMs ?? 5_000;
      const binding = new Limit(BINDING_WIDTH);
      const shared = { service, nats, log, publisher, handler, ackWaitMs, binding, logger, metrics: this.metrics };
      this.consumers = partitions.map(
        (partition) =>
          new PartitionConsumer({
            ...shared,
            partition,
            types: new Set(types),
            onPinned: onPinned ?? (() => undefined),
            onBound: (which) => this.becameBound(which),
            onLost: (which, reason) => this.becameLost(which, reason),
          }),
      );
      this.redriver = new Redriver({ service, log, handler, metrics: this.metrics, logger });
    }
    this.queries = new QueryServer({ service, nats, queries: this.queryHandlers(), logger, metrics: this.metrics });
    this.queries.start();
    this.watchLeaders();
    for (const consumer of this.consumers) consumer.start();
    this.redriver?.start();
  }

  /** In a cluster: without this a consumer would find out by the heartbeats that it misses, seconds later. */
  private watchLeaders(): void {
    const { service, nats } = this.options;
    const consumers = new Map(this.consumers.map((consumer) => [streamOf(consumer.partition), consumer]));
    this.leaders = nats.subscribe(`$JS.EVENT.ADVISORY.CONSUMER.LEADER_ELECTED.*.${service}`, {
      callback: (_error, { subject }) => consumers.get(subject.split('.').at(-2) ?? '')?.askAgain(),
    });
  }

  private messageHandler(): MessageHandler {
    const { service, log, nats, parse, isAnswer, around, ackWaitMs, logger } = this.options;
    return new MessageHandler({
      service,
      log,
      parse,
      call: (payload, context) => this.dispatch(eventPattern(context.event.type), payload, context),
      reply: (subject, answer) => nats.publish(subject, JSON.stringify(answer)),
      isAnswer: isAnswer ?? (() => true),
      around: around ?? ((_stored, run) => run()),
      ackWaitMs: ackWaitMs ?? 5_000,
      metrics: this.metrics,
      logger,
    });
  }

  private queryHandlers(): Map<string, (question: unknown) => Promise<unknown>> {
    const queries = new Map<string, (question: unknown) => Promise<unknown>>();
    for (const pattern of this.messageHandlers.keys()) {
      const name = queryNameOf(pattern);
      if (name !== undefined) {
        queries.set(name, (question) => this.dispatch(pattern, question, new BaseRpcContext([question])));
      }
    }
    return queries;
  }

  /** Runs a Nest handler, with its guards, pipes, interceptors and hooks, to its last value. */
  private dispatch(pattern: string, payload: unknown, context: BaseRpcContext): Promise<unknown> {
    const handler = this.messageHandlers.get(pattern);
    if (handler === undefined) return Promise.reject(new Error(`there is no handler for ${pattern}`));
    return new Promise((resolve, reject) => {
      this.runWithProcessingHooks(context, async (end) => {
        try {
          const result: unknown = await handler(payload, context);
          resolve(await lastValueFrom(this.transformToObservable(result), { defaultValue: undefined }));
        } catch (error) {
          reject(error);
        } finally {
          end();
        }
      });
    });
  }

  private becameBound(partition: number): void {
    const { logger, partitions, nats, service } = this.options;
    this.bound.add(partition);
    if (this.bound.size < partitions.length) return;
    this.lastReason = '';
    const broker = nats.info?.version;
    logger.info({ partitions: partitions.length, broker }, `${service} consumes every partition`);
    if (!isAtLeast(nats, 2, 11)) {
      logger.warn({ broker }, 'this broker is older than 2.11: replicas share the partitions without an owner');
    }
  }

  /** One line per reason, not per partition and try: they tend to be lost together. */
  private becameLost(partition: number, reason: unknown): void {
    const { logger, service } = this.options;
    const text = messageOf(reason);
    this.bound.delete(partition);
    if (this.stopped || text === this.lastReason) return;
    this.lastReason = text;
    logger.warn({ partition, reason: text }, `${service} does not consume every partition`);
  }
}
