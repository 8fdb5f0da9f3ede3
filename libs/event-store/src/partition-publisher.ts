import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog, StoredEvent } from './event-log.ts';
import type { StoryStreams, StreamState } from './story-streams.ts';
import type { StreamTruth } from './stream-truth.ts';

/** Events read from the log and published at once while a stream is behind. */
const WINDOW = 128;
/**
 * How long an event that came before its predecessor waits for it, in milliseconds. Usually the predecessor was
 * committed by another process and is on its way: commit → stored takes about 1 ms.
 */
const PREDECESSOR_WAIT_MS = 2;

/** What the partitions of one publisher share. */
export interface PublisherContext {
  readonly log: EventLog;
  readonly streams: StoryStreams;
  readonly truth: StreamTruth;
  /** Whether anything may be sent: the broker answers and the publisher was not stopped. */
  readonly open: () => boolean;
  /** Takes the right to have this many more events in flight, if there is room. */
  readonly take: (count: number) => boolean;
  readonly release: () => void;
  /** Told when a partition closes; the sweep opens it again. */
  readonly closed: (partition: number, error: unknown) => void;
}

/** Publishes one partition. Holds no events: what can't be sent at once is read from the log later. */
export class PartitionPublisher {
  readonly partition: number;
  readonly #context: PublisherContext;
  #stored = 0;
  #inDoubt = true;
  #wanted = 0;
  #inFlight = 0;
  #filling: Promise<void> | undefined;
  #confirming = false;
  #closed = false;
  #created: string | undefined;

  constructor(partition: number, context: PublisherContext) {
    this.partition = partition;
    this.#context = context;
  }

  /** The last sequence that the stream is known to hold. */
  get stored(): number {
    return this.#stored;
  }

  /** The last position that this publisher knows of. */
  get wanted(): number {
    return this.#wanted;
  }

  /** Whether it waits for the sweep after a failure. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether anything is under way. */
  get busy(): boolean {
    return this.#inFlight > 0 || this.#filling !== undefined || this.#confirming;
  }

  /** Whether the stream lacks an event of which this publisher knows. */
  get behind(): boolean {
    return this.#wanted > this.#stored;
  }

  /** Events right after their commit. */
  offer(events: readonly StoredEvent[]): void {
    for (const { position } of events) this.#wanted = Math.max(this.#wanted, position);
    if (!this.#open || this.#filling !== undefined) return;
    // Only a stream known to be right may be built upon: the event could fit its sequence by chance.
    if (this.#inDoubt || !this.#context.take(events.length)) {
      this.fill();
      return;
    }
    for (const event of events) void this.#send(event);
  }

  /** The log reaches this position; the event there is not at hand. */
  notice(position: number): void {
    if (position <= this.#wanted) return;
    this.#wanted = position;
    this.fill();
  }

  /** Forgets what is known of the stream: the connection was lost, and the broker may have been wiped. */
  doubt(): void {
    this.#inDoubt = true;
  }

  /** Publishes from the log what the stream lacks, unless that is going on. */
  fill(): void {
    if (this.#filling !== undefined || !this.#open) return;
    this.#filling = this.#fill()
      .catch((error: unknown) => this.#close(error))
      .finally(() => {
        this.#filling = undefined;
      });
  }

  /** Makes sure that the stream is there and right, and fills it in the background. */
  async ensure(): Promise<StreamState> {
    const state = await this.#establish();
    this.fill();
    return state;
  }

  /**
   * Compares with the log's head, and looks at the stream only where they differ. Fills when events are missing that
   * were there at the last sweep already; younger ones are on their way. `audit` looks in full at any rate.
   */
  async check(head: number, headBefore: number, audit: boolean): Promise<void> {
    this.#wanted = Math.max(this.#wanted, headBefore);
    if (this.#filling !== undefined) return;
    try {
      if (this.#inDoubt || audit || !(this.#stored === head || (await this.#isAsKnown(head)))) await this.#establish();
      if (this.#stored < headBefore) this.fill();
    } catch (error) {
      this.#close(error);
    }
  }

  /** Another broker of the cluster leads the stream now: what the one before did not answer is sent again. */
  async retry(): Promise<void> {
    if (!this.#closed && !this.behind) return;
    try {
      await this.ensure();
    } catch (error) {
      this.#close(error);
    }
  }

  get #open(): boolean {
    return this.#context.open() && !this.#closed;
  }

  #close(error: unknown): void {
    this.#inDoubt = true;
    if (this.#closed) return;
    this.#closed = true;
    this.#context.closed(this.partition, error);
  }

  /** Whether the stream is the one looked at before and has only grown, though not past the head. */
  async #isAsKnown(head: number): Promise<boolean> {
    const state = await this.#context.streams.state(this.partition);
    if (state === undefined || state.created !== this.#created) return false;
    if (state.lastSeq < this.#stored || state.lastSeq > head) return false;
    this.#stored = state.lastSeq;
    return true;
  }

  async #send(event: StoredEvent): Promise<void> {
    this.#inFlight += 1;
    try {
      if (!(await this.#reached(event)) && this.#filling === undefined) {
        await delay(PREDECESSOR_WAIT_MS);
        if (this.#filling === undefined && this.#open && !(await this.#reached(event))) this.fill();
      }
    } catch (error) {
      this.#close(error);
    } finally {
      this.#inFlight -= 1;
      this.#context.release();
    }
    if (this.#inFlight === 0 && this.behind) this.fill();
  }

  /** Publishes one event; whether the stream holds it after that. */
  async #reached(event: StoredEvent): Promise<boolean> {
    return (await this.#publish(event)) >= event.position;
  }

  /** Publishes one event and gives the stream's last sequence after it. */
  async #publish(event: StoredEvent): Promise<number> {
    const answer = await this.#context.streams.publish(event);
    switch (answer.result) {
      case 'stored':
        this.#stored = event.position;
        return event.position;
      case 'elsewhere': {
        const last = answer.last ?? (await this.#context.streams.state(this.partition))?.lastSeq ?? 0;
        this.#stored = last;
        if (last >= event.position) await this.#confirm(event);
        return last;
      }
      case 'missing':
        this.#inDoubt = true;
        return 0;
      case 'failed':
        break;
    }
    throw answer.error;
  }

  /** Someone else stored something at the event's position: it must be this event. One look at a time will do. */
  async #confirm(event: StoredEvent): Promise<void> {
    if (this.#confirming) return;
    this.#confirming = true;
    try {
      const wrong = await this.#context.truth.contradicts(this.partition, event.position, event.eventId);
      if (wrong) this.#inDoubt = true;
    } finally {
      this.#confirming = false;
    }
    if (this.#inDoubt) this.fill();
  }

  async #establish(): Promise<StreamState> {
    const state = await this.#context.truth.establish(this.partition);
    this.#created = state.created;
    this.#stored = state.lastSeq;
    this.#inDoubt = false;
    this.#closed = false;
    return state;
  }

  async #fill(): Promise<void> {
    for (;;) {
      if (this.#inDoubt) await this.#establish();
      const wanted = this.#wanted;
      const events = await this.#context.log.readPartition(this.partition, this.#stored, WINDOW);
      const last = events.at(-1);
      if (last !== undefined) {
        this.#wanted = Math.max(this.#wanted, last.position);
        const reached = await Promise.all(events.map((event) => this.#publish(event)));
        // Answers come in order, so the last one tells where the stream stands.
        this.#stored = reached.at(-1) ?? this.#stored;
      } else if (wanted === this.#wanted) {
        // More was known than the log has: it lost its tail, and the sweep finds the stream ahead of the head.
        this.#wanted = this.#stored;
        return;
      }
    }
  }
}
