import { RequestError, headers, nanos, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  jetstream,
  type JetStreamClient,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import type { StoredEvent } from './event-log.ts';
import { streamOf, subjectOf } from './names.ts';

/** How long the broker is given for an answer before it counts as away, in milliseconds. */
const BROKER_TIMEOUT_MS = 2_000;
/** How long a message stays in its stream, in milliseconds: 7 days. The log keeps it for ever. */
const MAX_AGE_MS = 7 * 24 * 3_600_000;
/** The smallest window that the broker takes, in milliseconds. No message carries an id: sequences tell duplicates. */
const DUPLICATE_WINDOW_MS = 100;
/** `stream name already in use with a different configuration`: another process created it first. */
const STREAM_NAME_IN_USE = 10058;

/** Where a stream stands. `created` tells it from a later one of the same name; `copies`: brokers that keep it. */
export interface StreamState {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly messages: number;
  readonly created: string;
  readonly copies: number;
}

export type PublishResult =
  | { readonly result: 'stored' }
  /** The stream is not where the event belongs; `last` is its last sequence, if the broker said it. */
  | { readonly result: 'elsewhere'; readonly last: number | undefined }
  /** There is no such stream. */
  | { readonly result: 'missing' }
  | { readonly result: 'failed'; readonly error: unknown };

const headersOf = (event: StoredEvent): MsgHdrs => {
  const carried = headers();
  carried.set('Agon-Event-Id', event.eventId);
  carried.set('Agon-Story-Id', event.storyId);
  carried.set('Agon-Stream', event.streamId);
  carried.set('Agon-Correlation-Id', event.correlationId);
  if (event.metadata.traceparent !== undefined) carried.set('traceparent', event.metadata.traceparent);
  return carried;
};

/** The broker's side of publishing: streams `STORY_<p>` and the messages in them. */
export class StoryStreams {
  readonly #client: JetStreamClient;
  readonly #manager: Promise<JetStreamManager>;
  readonly #replicas: number;

  constructor(nats: NatsConnection, replicas: number) {
    this.#client = jetstream(nats, { timeout: BROKER_TIMEOUT_MS });
    // Asks the broker nothing, and so can't fail.
    this.#manager = this.#client.jetstreamManager(false);
    this.#replicas = replicas;
  }

  /** Throws when JetStream doesn't answer. */
  async probe(): Promise<void> {
    await (await this.#manager).getAccountInfo();
  }

  /** Undefined when there is no such stream. */
  async state(partition: number): Promise<StreamState | undefined> {
    try {
      const { state, created, config } = await (await this.#manager).streams.info(streamOf(partition));
      const { first_seq: firstSeq, last_seq: lastSeq, messages } = state;
      return { firstSeq, lastSeq, messages, created, copies: config.num_replicas };
    } catch (error) {
      if (codeOf(error) === JetStreamApiCodes.StreamNotFound) return undefined;
      throw error;
    }
  }

  /** Creates the stream, empty, its first message to be `firstSeq`; leaves one that another process created as it is. */
  async create(partition: number, firstSeq: number): Promise<void> {
    const config: Partial<StreamConfig> & { name: string } = {
      name: streamOf(partition),
      subjects: [`story.${partition}.>`],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      max_age: nanos(MAX_AGE_MS),
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
      num_replicas: this.#replicas,
      deny_delete: true,
      deny_purge: true,
      first_seq: firstSeq,
    };
    try {
      await (await this.#manager).streams.add(config);
    } catch (error) {
      if (codeOf(error) !== STREAM_NAME_IN_USE) throw error;
    }
  }

  /** Deletes the stream, unless it is no longer the one that was created then. */
  async remove(partition: number, created: string): Promise<void> {
    const state = await this.state(partition);
    if (state?.created === created) await (await this.#manager).streams.delete(streamOf(partition));
  }

  /** Id of the event in a message; '' when it carries none; undefined when there is no message. */
  async eventIdAt(partition: number, sequence: number): Promise<string | undefined> {
    const message = await (await this.#manager).streams.getMessage(streamOf(partition), { seq: sequence });
    return message === null ? undefined : message.header.get('Agon-Event-Id');
  }

  /** Stores the event at the sequence that is its position, or not at all. Never throws. */
  async publish(event: StoredEvent): Promise<PublishResult> {
    try {
      await this.#client.publish(subjectOf(event), JSON.stringify(event), {
        headers: headersOf(event),
        expect: { lastSequence: event.position - 1 },
      });
      return { result: 'stored' };
    } catch (error) {
      return failureOf(error);
    }
  }
}

const codeOf = (error: unknown): number | undefined => (error instanceof JetStreamApiError ? error.code : undefined);

/** Nobody listens on the subject: either the stream or all of JetStream is missing. */
const nobodyListens = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof RequestError && error.cause.isNoResponders();

const failureOf = (error: unknown): PublishResult => {
  if (nobodyListens(error)) return { result: 'missing' };
  const code = codeOf(error);
  if (code === JetStreamApiCodes.StreamWrongLastSequenceUnknown) return { result: 'elsewhere', last: undefined };
  if (code !== JetStreamApiCodes.StreamWrongLastSequence) return { result: 'failed', error };
  const last = error instanceof Error ? /wrong last sequence: (\d+)/.exec(error.message)?.[1] : undefined;
  return { result: 'elsewhere', last: last === undefined ? undefined : Number(last) };
};
