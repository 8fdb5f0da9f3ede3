import { type Consumer, type ConsumerMessages, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type EventLog, streamOf } from '@agon/event-store';
import { pause, waitAfter } from './back-off.ts';
import { isConnected } from './connection.ts';
import { ensureDurable, GROUP, isWanted } from './durable-consumer.ts';
import type { MessageHandler } from './handle-message.ts';
import type { Limit } from './limit.ts';
import type { MessagingLogger } from './logger.ts';
import type { MessagingMetrics } from './metrics.ts';
import { readMessage } from './read-message.ts';
import { isAtLeast } from './server-version.ts';

/** Creates the partition's stream if need be, and says which positions it holds, and how many brokers keep it. */
export interface StreamKeeper {
  ensureStream(partition: number): Promise<{ firstSeq: number; lastSeq: number; copies: number }>;
}

export interface PartitionOptions {
  service: string;
  partition: number;
  nats: NatsConnection;
  log: EventLog;
  publisher: StreamKeeper;
  /** Event types that the service handles; not empty. */
  types: ReadonlySet<string>;
  handler: MessageHandler;
  ackWaitMs: number;
  /** Shared by all partitions: how many may talk to broker and log at once while they bind. */
  binding: Limit;
  /** The partition may have had another owner since: nothing that was cached of it holds. */
  onPinned: (partition: number) => void;
  onBound: (partition: number) => void;
  /** The partition is not consumed for the time being; it is tried again by itself. */
  onLost: (partition: number, reason: unknown) => void;
  metrics: MessagingMetrics;
  logger: MessagingLogger;
}

const REBIND_BACK_OFF = { first: 200, longest: 1_000 };
/** How long the broker has for an answer. One of a cluster that has no leader yet says nothing: it is asked again soon. */
const BROKER_MS = 2_000;
/** Events per read while the log stands in for a stream that no longer holds them. */
const GAP_BATCH = 500;
/**
 * How long one request for messages stays open. An owner has to ask again within the pin's time-out or lose its pin,
 * and with it its cached streams, so that an idle partition would wander between replicas.
 */
const PULL_SHARE = 0.6;
/** How long a newer replica of the service has to come and take what this one does not know. */
const NOT_OURS_MS = 1_000;
/** A consumer that was just made in a cluster elects its first leader: for so long, in milliseconds, that is no change. */
const FIRST_ELECTION_MS = 1_000;
/** Unpinning is a courtesy at the end; it must not hold up a shutdown. */
const UNPIN_MS = 1_000;

/** One partition's messages for one service: strictly in order, one at a time, for as long as the process lives. */
export class PartitionConsumer {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private messages: ConsumerMessages | undefined;
  /** Position up to which everything is handled, as far as this replica knows. */
  private mark = 0;
  private pin = '';
  private boundBefore = false;
  private askedAt = 0;
  private asksAgain = false;

  constructor(private readonly options: PartitionOptions) {}

  get partition(): number {
    return this.options.partition;
  }

  start(): void {
    this.running = this.run();
  }

  /** Stops after the message in hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.messages?.stop();
    await this.running;
  }

  /** Another broker of the cluster leads the consumer now, and knows nothing of what was asked of the one before. */
  askAgain(): void {
    if (this.messages === undefined || performance.now() - this.askedAt < FIRST_ELECTION_MS) return;
    this.asksAgain = true;
    this.messages.stop();
  }

  private async run(): Promise<void> {
    const { partition, onBound, onLost } = this.options;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.connected();
        if (signal.aborted) break;
        const consumer = await this.bind();
        if (signal.aborted) break;
        failures = 0;
        onBound(partition);
        do {
          this.asksAgain = false;
          await this.consume(consumer);
        } while (this.asksAgain && !signal.aborted);
        onLost(partition, 'the consumer ended');
      } catch (error) {
        failures += 1;
        onLost(partition, error);
        await pause(waitAfter(failures, REBIND_BACK_OFF), signal);
      }
    }
    onLost(partition, 'stopped');
  }

  /** Asking a broker that is away would take each time-out to the end before the next try. */
  private async connected(): Promise<void> {
    const { nats, partition, onLost } = this.options;
    const { signal } = this.stopping;
    if (!isConnected(nats)) onLost(partition, 'the broker is away');
    while (!isConnected(nats) && !signal.aborted) await pause(100, signal);
  }

  /** Brings stream, mark and consumer in line: what the stream no longer holds is handled from the log first. */
  private async bind(): Promise<Consumer> {
    const { service, partition, nats, log, publisher, binding, onPinned, types, ackWaitMs } = this.options;
    const jsm = await jetstreamManager(nats, { checkAPI: false, timeout: BROKER_MS });
    this.pin = '';
    onPinned(partition);
    const stream = await binding.run(async () => {
      const found = await publisher.ensureStream(partition);
      this.mark = (await log.marks(partition)).get(service) ?? 0;
      return found;
    });
    let { firstSeq } = stream;
    while (this.mark + 1 < firstSeq && !this.stopping.signal.aborted) {
      await this.handleFromLog(firstSeq - 1);
      // The stream may have dropped more in the meantime.
      firstSeq = (await publisher.ensureStream(partition)).firstSeq;
    }
    return binding.run(async () => {
      const pinned = isAtLeast(nats, 2, 11);
      const inMemory = stream.copies === 1;
      const durable = { service, partition, types: [...types], ackWaitMs, pinned, inMemory, widen: this.boundBefore };
      const info = await ensureDurable(jsm, durable, Math.max(this.mark + 1, firstSeq));
      this.boundBefore = true;
      return jsm.jetstream().consumers.getConsumerFromInfo(info);
    });
  }

  private async handleFromLog(last: number): Promise<void> {
    const { partition, log, types, handler, logger, service } = this.options;
    logger.info({ partition, from: this.mark + 1, to: last }, `${service} handles from the log what the stream lacks`);
    while (this.mark < last) {
      const events = await log.readPartition(partition, this.mark, Math.min(GAP_BATCH, last - this.mark));
      // Postgres has lost its tail. The publisher finds out and re-creates the stream; until then there is no order.
      if (events.length === 0) throw new Error(`the stream begins at ${last + 1}, the log ends at ${this.mark}`);
      for (const stored of events) {
        if (this.stopping.signal.aborted) return;
        const settled = types.has(stored.type)
          ? await handler.handle(stored, () => undefined, this.stopping.signal)
          : 'skipped';
        if (settled === 'interrupted') return;
        this.mark = stored.position;
      }
    }
  }

  private async consume(consumer: Consumer): Promise<void> {
    const { nats, ackWaitMs } = this.options;
    const messages = await consumer.consume({
      max_messages: 10,
      expires: Math.max(1_000, ackWaitMs * PULL_SHARE),
      abort_on_missing_resource: true,
      ...(isAtLeast(nats, 2, 11) && { group: GROUP }),
    });
    this.messages = messages;
    this.askedAt = performance.now();
    if (this.stopping.signal.aborted) messages.stop();
    try {
      for await (const message of messages) {
        const settled = this.stopping.signal.aborted ? 'interrupted' : await this.take(message, consumer);
        if (settled === 'done') {
          message.ack();
        } else if (settled === 'not ours') {
          message.nak(NOT_OURS_MS);
          await this.unpin();
        } else {
          // Stopped first, so that the message does not come back here.
          messages.stop();
          message.nak();
          break;
        }
      }
    } finally {
      this.messages = undefined;
      messages.stop();
      await this.unpin();
    }
  }

  private async take(message: JsMsg, consumer: Consumer): Promise<'done' | 'interrupted' | 'not ours'> {
    const { partition, types, log, handler, metrics, logger, onPinned } = this.options;
    const pin = message.headers?.get('Nats-Pin-Id') ?? '';
    if (pin !== this.pin) {
      this.pin = pin;
      onPinned(partition);
    }
    if (message.seq <= this.mark) return 'done';
    const stored = await readMessage(message, partition, log, logger);
    if (stored === undefined) return 'done';
    if (!types.has(stored.type)) return (await isWanted(consumer, partition, stored.type)) ? 'not ours' : 'done';
    const age = (Date.now() - Date.parse(stored.recordedAt)) / 1_000;
    metrics.delivered(stored.type, partition, message.info.pending, age);
    const settled = await handler.handle(stored, () => message.working(), this.stopping.signal);
    if (settled === 'interrupted') return 'interrupted';
    this.mark = stored.position;
    return 'done';
  }

  /** Lets another replica have the partition at once, instead of after the pin's time-out. */
  private async unpin(): Promise<void> {
    const { service, partition, nats } = this.options;
    if (this.pin === '' || !isConnected(nats)) return;
    this.pin = '';
    try {
      const jsm = await jetstreamManager(nats, { checkAPI: false, timeout: UNPIN_MS });
      await jsm.consumers.unpin(streamOf(partition), service, GROUP);
    } catch {
      // The consumer is gone, or nobody was pinned any more.
    }
  }
}
