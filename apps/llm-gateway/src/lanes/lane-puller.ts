import { setTimeout as delay } from 'node:timers/promises';
import type { Lane } from '@agon/contracts';
import { isConnected, type MessagingLogger } from '@agon/messaging';
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Release, Slots } from './slots.ts';
import type { LaneStreams } from './lane-streams.ts';

/**
 * How long one request for a message stays open, in milliseconds: the least that the client allows. One that outlasts the
 * last free slot may bring a message that then waits here, where no newer one can take its place.
 */
const PULL_MS = 1_000;
/** Longest wait between two tries to reach the lane, in milliseconds. */
const LONGEST_WAIT_MS = 2_000;

export interface LanePullerOptions {
  lane: Lane;
  nats: NatsConnection;
  streams: LaneStreams;
  slots: Slots;
  /** Works on a message to its end, acknowledgement included; never rejects. May give the slot back before its end. */
  work: (lane: Lane, message: JsMsg, release: Release) => Promise<void>;
  logger: MessagingLogger;
}

/** Takes one message after the other from a lane, each only when there is a slot for it. */
export class LanePuller {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private readonly inHand = new Set<Promise<void>>();
  private bound = false;

  constructor(private readonly options: LanePullerOptions) {}

  /** Whether the lane can be reached. */
  get reachable(): boolean {
    return this.bound && isConnected(this.options.nats);
  }

  start(): void {
    this.running = this.run();
  }

  /** Takes no further message; what it holds without a slot goes back. Comes back when no answer is outstanding. */
  async stop(): Promise<void> {
    this.stopping.abort();
    // A broker that is away never answers the last request.
    await Promise.race([this.running, delay(1.5 * PULL_MS, undefined, { ref: false })]);
  }

  /** Resolves when everything that was begun has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.inHand);
  }

  private async run(): Promise<void> {
    const { lane, streams, slots, logger } = this.options;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.connected();
        const consumer = await streams.consumer(lane);
        if (failures > 0) logger.info({ lane }, 'the lane is reached again');
        failures = 0;
        this.bound = true;
        while (!signal.aborted) await this.pull(consumer);
      } catch (error) {
        failures += 1;
        this.bound = false;
        slots.passes(lane);
        if (failures === 1) logger.warn({ lane, err: error }, 'the lane can not be reached');
        const wait = Math.min(LONGEST_WAIT_MS, 100 * 2 ** Math.min(failures, 10));
        await delay(wait, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Asking a broker that is away would take each time-out to the end. */
  private async connected(): Promise<void> {
    const { signal } = this.stopping;
    while (!isConnected(this.options.nats) && !signal.aborted) {
      await delay(100, undefined, { signal }).catch(() => undefined);
    }
  }

  private async pull(consumer: Consumer): Promise<void> {
    const { lane, slots } = this.options;
    const { signal } = this.stopping;
    await slots.whenFree(lane, signal);
    if (signal.aborted) return;
    slots.asks(lane);
    const message = await consumer.next({ expires: PULL_MS });
    if (message !== null) await this.offer(message);
  }

  private async offer(message: JsMsg): Promise<void> {
    const { lane, slots, streams, work } = this.options;
    const heartbeat = setInterval(() => message.working(), streams.ackWaitMs / 3);
    const release = await slots.take(lane, this.stopping.signal);
    if (release === undefined) {
      clearInterval(heartbeat);
      message.nak();
      return;
    }
    const ended = work(lane, message, release).finally(() => {
      clearInterval(heartbeat);
      this.inHand.delete(ended);
      release();
    });
    this.inHand.add(ended);
  }
}
