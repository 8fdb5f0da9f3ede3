import { jetstreamManager, JetStreamApiCodes, JetStreamApiError, type StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type EventLog, streamOf, subjectOf } from '@agon/event-store';
import type { StreamKeeper } from '../src/partition-consumer.ts';

/** Keeps `STORY_<p>` equal to a log, simply: what a stream lacks is copied when somebody asks. */
export class StoryFeeder implements StreamKeeper {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly log: EventLog,
    private readonly nats: NatsConnection,
  ) {}

  /** The stream, created if need be with its first sequence behind the lowest mark, and filled from the log. */
  ensureStream(partition: number): Promise<{ firstSeq: number; lastSeq: number; copies: number }> {
    const filled = this.last.then(() => this.fill(partition));
    this.last = filled.catch(() => undefined);
    return filled;
  }

  /** The same, for a stream that is created here to begin at a position of the test's choice. */
  async createFrom(partition: number, firstSeq: number): Promise<void> {
    const jsm = await jetstreamManager(this.nats);
    const subjects = [`story.${partition}.>`];
    await jsm.streams.add({ name: streamOf(partition), subjects, first_seq: firstSeq });
    await this.ensureStream(partition);
  }

  async deleteStream(partition: number): Promise<void> {
    const jsm = await jetstreamManager(this.nats);
    await jsm.streams.delete(streamOf(partition));
  }

  private async fill(partition: number): Promise<{ firstSeq: number; lastSeq: number; copies: number }> {
    const { state, config } = await this.stream(partition);
    const js = (await jetstreamManager(this.nats)).jetstream();
    let lastSeq = state.last_seq;
    for (const stored of await this.log.readPartition(partition, lastSeq, 100_000)) {
      const expect = { lastSequence: lastSeq };
      lastSeq = (await js.publish(subjectOf(stored), JSON.stringify(stored), { expect })).seq;
    }
    return { firstSeq: state.first_seq, lastSeq, copies: config.num_replicas };
  }

  private async stream(partition: number): Promise<StreamInfo> {
    const jsm = await jetstreamManager(this.nats);
    try {
      return await jsm.streams.info(streamOf(partition));
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.StreamNotFound) throw error;
      const marks = [...(await this.log.marks(partition)).values()];
      const first_seq = Math.min(...marks, Number.MAX_SAFE_INTEGER - 1) + 1;
      return jsm.streams.add({ name: streamOf(partition), subjects: [`story.${partition}.>`], first_seq });
    }
  }
}
