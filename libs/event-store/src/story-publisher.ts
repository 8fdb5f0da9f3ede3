import type { NatsConnection } from '@nats-io/transport-node';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog, StoredEvent } from './event-log.ts';
import { streamOf } from './names.ts';
import { PartitionPublisher, type PublisherContext } from './partition-publisher.ts';
import { consoleLogger, type PublisherLogger } from './publisher-logger.ts';
import { StoryStreams } from './story-streams.ts';
import { StreamTruth } from './stream-truth.ts';

/** Time between two sweeps, in milliseconds. */
const SWEEP_MS = 1_000;
/** Events that may be sent and not yet acknowledged, in all partitions together; more are read from the log later. */
const MAX_IN_FLIGHT = 1_024;
/** Partitions that a sweep looks at side by side. */
const SWEEP_WIDTH = 8;

export interface StoryPublisherOptions {
  readonly log: EventLog;
  readonly nats: NatsConnection;
  readonly logger?: PublisherLogger | undefined;
  /** The partitions that the sweep watches: all of the log's. */
  readonly partitions: readonly number[];
  /** Copies that the broker keeps of each message; 1 by default. */
  readonly replicas?: number | undefined;
}

export interface PartitionLag {
  readonly partition: number;
  /** Position of the log's last event. */
  readonly head: number;
  /** Last sequence that the stream is known to hold. */
  readonly stored: number;
}

/**
 * Carries the log to the broker: `STORY_<p>` gets exactly the log of partition p, one message per event, sequence =
 * position. Any number of publishers may do so at once: each message is stored only where the log has its event.
 */
export class StoryPublisher {
  readonly #log: EventLog;
  readonly #nats: NatsConnection;
  readonly #logger: PublisherLogger;
  readonly #streams: StoryStreams;
  readonly #context: PublisherContext;
  readonly #partitions: Map<number, PartitionPublisher>;
  #heads = new Map<number, number>();
  #inFlight = 0;
  #away = false;
  #stopped = false;
  #audited = 0;
  #stopSweeping: (() => Promise<void>) | undefined;

  constructor({ log, nats, logger = consoleLogger, partitions, replicas = 1 }: StoryPublisherOptions) {
    this.#log = log;
    this.#nats = nats;
    this.#logger = logger;
    this.#streams = new StoryStreams(nats, replicas);
    this.#context = {
      log,
      streams: this.#streams,
      truth: new StreamTruth(log, this.#streams, logger),
      open: () => !this.#away && !this.#stopped,
      take: (count) => {
        if (this.#inFlight + count > MAX_IN_FLIGHT) return false;
        this.#inFlight += count;
        return true;
      },
      release: () => {
        this.#inFlight -= 1;
      },
      closed: (partition, error) => logger.warn({ partition, error }, 'publishing of a partition waits for the sweep'),
    };
    this.#partitions = new Map(partitions.map((number) => [number, new PartitionPublisher(number, this.#context)]));
  }

  /**
   * Takes the events of one append right after its commit. Never waits and never throws; what the broker doesn't take
   * now is published later by the sweep, here or in another process.
   */
  publish(events: readonly StoredEvent[]): void {
    const [first] = events;
    if (first !== undefined) this.#partition(first.partition).offer(events);
  }

  /** The log is known to reach this position, as after an append that turned out to be a retry. */
  notice(partition: number, position: number): void {
    this.#partition(partition).notice(position);
  }

  /**
   * Makes sure that a partition's stream exists and agrees with the log, then fills it in the background. A new stream
   * begins after the lowest handled mark. Safe to call at any time from any process. Throws when the broker or the log
   * is away.
   */
  async ensureStream(partition: number): Promise<{ firstSeq: number; lastSeq: number; copies: number }> {
    const { firstSeq, lastSeq, copies } = await this.#partition(partition).ensure();
    return { firstSeq, lastSeq, copies };
  }

  /** Begins to sweep each second. */
  start(): void {
    if (this.#stopSweeping !== undefined) return;
    const ended = new AbortController();
    const status = this.#watch();
    const sweeps = this.#sweepUntil(ended.signal);
    this.#stopSweeping = async () => {
      ended.abort();
      status.stop();
      await sweeps;
    };
  }

  /** Ends the sweep and sends nothing more; resolves when nothing is under way. Call `idle` first to lose no time. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#stopSweeping?.();
    await this.#settled(() => ![...this.#partitions.values()].some((partition) => partition.busy));
  }

  /**
   * Resolves when every event that it was given is stored. Waits for the broker if that is away, so give it a time
   * limit at shutdown.
   */
  async idle(): Promise<void> {
    await this.#settled(() => ![...this.#partitions.values()].some(({ busy, behind }) => busy || behind));
  }

  /** Every partition that holds events, as of the last sweep. */
  lag(): PartitionLag[] {
    return [...this.#partitions.values()]
      .map(({ partition, stored, wanted }) => ({
        partition,
        head: Math.max(wanted, this.#heads.get(partition) ?? 0),
        stored,
      }))
      .filter(({ head }) => head > 0);
  }

  async #settled(done: () => boolean): Promise<void> {
    while (!done()) await delay(5);
  }

  #partition(number: number): PartitionPublisher {
    const known = this.#partitions.get(number) ?? new PartitionPublisher(number, this.#context);
    this.#partitions.set(number, known);
    return known;
  }

  #leave(details: { error?: unknown }): void {
    if (this.#away || this.#stopped) return;
    this.#away = true;
    this.#logger.warn(details, 'publishing waits: the broker or the log does not answer');
  }

  /** Throws when the broker does not answer. */
  async #return(): Promise<void> {
    const watched = [...this.#partitions.values()];
    if (!this.#away && !watched.some(({ closed }) => closed)) return;
    await this.#streams.probe();
    if (!this.#away) return;
    this.#away = false;
    for (const partition of watched) partition.doubt();
  }

  /**
   * A lost connection closes the publisher at once; a new one may lead to a broker that was wiped. In a cluster a stream
   * that has a leader again is seen to before the next sweep.
   */
  #watch(): { stop: () => void } {
    let watching = true;
    const leaders = this.#nats.subscribe('$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.*', {
      callback: (_error, { subject }) => {
        const led = [...this.#partitions.values()].find(({ partition }) => subject.endsWith(`.${streamOf(partition)}`));
        void led?.retry();
      },
    });
    const follow = async (): Promise<void> => {
      for await (const { type } of this.#nats.status()) {
        if (!watching) return;
        if (type === 'disconnect') this.#leave({});
        if (type === 'reconnect') for (const partition of this.#partitions.values()) partition.doubt();
      }
    };
    void follow();
    return {
      stop: () => {
        watching = false;
        leaders.unsubscribe();
      },
    };
  }

  async #sweepUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#sweep().catch((error: unknown) => this.#leave({ error }));
      await delay(SWEEP_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #sweep(): Promise<void> {
    const before = this.#heads;
    this.#heads = await this.#log.heads();
    await this.#return();
    const watched = [...this.#partitions.values()];
    // One stream a sweep is looked at in full, in turn: also one that is lost without a lost connection is found.
    this.#audited = (this.#audited + 1) % Math.max(watched.length, 1);
    const audited = watched[this.#audited];
    const queue = watched.values();
    const work = async (): Promise<void> => {
      for (const partition of queue) {
        const head = this.#heads.get(partition.partition) ?? 0;
        if (head === 0 && !partition.behind) continue;
        // At the first sweep every event counts as old.
        const headBefore = Math.min(before.get(partition.partition) ?? head, head);
        await partition.check(head, headBefore, partition === audited);
      }
    };
    await Promise.all(Array.from({ length: SWEEP_WIDTH }, work));
  }
}
