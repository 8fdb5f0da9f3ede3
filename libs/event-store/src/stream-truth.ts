import type { EventLog } from './event-log.ts';
import type { PublisherLogger } from './publisher-logger.ts';
import type { StoryStreams, StreamState } from './story-streams.ts';

/** Creations and deletions by other processes that one look at a stream puts up with. */
const MAX_ROUNDS = 5;

/**
 * Makes sure that a partition's stream exists and holds what the log holds, as far as it reaches. The log is right:
 * a stream that contradicts it is deleted and created anew.
 */
export class StreamTruth {
  readonly #log: EventLog;
  readonly #streams: StoryStreams;
  readonly #logger: PublisherLogger;
  readonly #running = new Map<number, Promise<StreamState>>();

  constructor(log: EventLog, streams: StoryStreams, logger: PublisherLogger) {
    this.#log = log;
    this.#streams = streams;
    this.#logger = logger;
  }

  /** Calls for one partition at the same time share one look. Throws when the log or the broker is away. */
  establish(partition: number): Promise<StreamState> {
    const running = this.#running.get(partition);
    if (running !== undefined) return running;
    const look = this.#establish(partition).finally(() => this.#running.delete(partition));
    this.#running.set(partition, look);
    return look;
  }

  /** Whether the stream has another event than this one at its position; if so, the stream is deleted. */
  async contradicts(partition: number, position: number, eventId: string): Promise<boolean> {
    const state = await this.#streams.state(partition);
    if (state === undefined) return false;
    const found = await this.#streams.eventIdAt(partition, position);
    if (found === undefined || found === eventId) return false;
    await this.#discard(partition, state, `message ${position} is not the log's event`);
    return true;
  }

  async #establish(partition: number): Promise<StreamState> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const state = await this.#streams.state(partition);
      if (state === undefined) {
        await this.#streams.create(partition, await this.#firstSequence(partition));
        continue;
      }
      const fault = await this.#fault(partition, state);
      if (fault === undefined) return state;
      await this.#discard(partition, state, fault);
    }
    throw new Error(`the stream of partition ${partition} is deleted by others again and again`);
  }

  /** What shows that the stream is not this log's, if anything does. */
  async #fault(partition: number, { lastSeq, messages }: StreamState): Promise<string | undefined> {
    // Asked after the stream: an event is published after its commit, so a stream is never ahead of a later look.
    const head = (await this.#log.heads()).get(partition) ?? 0;
    if (lastSeq > head) return `its last sequence ${lastSeq} is past the log's head ${head}`;
    if (messages === 0) return undefined;
    const found = await this.#streams.eventIdAt(partition, lastSeq);
    if (found === undefined) return undefined;
    const [event] = await this.#log.readAt(partition, [lastSeq]);
    return event?.eventId === found ? undefined : `its last message ${lastSeq} is not the log's event`;
  }

  /** The first message that a service still needs; it reads older events from the log if it ever has to. */
  async #firstSequence(partition: number): Promise<number> {
    const marks = [...(await this.#log.marks(partition)).values()];
    return marks.length === 0 ? 1 : Math.min(...marks) + 1;
  }

  async #discard(partition: number, state: StreamState, fault: string): Promise<void> {
    this.#logger.error(
      { partition, fault, firstSeq: state.firstSeq, lastSeq: state.lastSeq },
      'the stream contradicts the log: Postgres lost its tail, or the broker served another log; re-creating the stream',
    );
    await this.#streams.remove(partition, state.created);
  }
}
