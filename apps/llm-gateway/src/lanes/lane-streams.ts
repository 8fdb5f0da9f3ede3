import { createHash } from 'node:crypto';
import { Lane } from '@agon/contracts';
import { TransientError } from '@agon/messaging';
import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  DiscardPolicy,
  jetstream,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { headers, InvalidArgumentError, nanos, type NatsConnection, RequestError } from '@nats-io/transport-node';
import type { StoredRequest } from './stored-request.ts';
import { SERVICE } from '../service.ts';

/** The lanes, the most urgent first. */
export const LANES: readonly Lane[] = Lane.options;

export interface LaneLimits {
  /** How many requests may wait; one more is turned away. */
  readonly messages: number;
  /** How long one may wait, in milliseconds; longer than its deadline (`LANE_TTL_MS`) leaves it. */
  readonly ageMs: number;
}

export interface LaneOptions {
  readonly limits?: Readonly<Record<Lane, LaneLimits>>;
  /** How long a message may go without a sign of life before another process gets it, in milliseconds; 15,000 by default. */
  readonly ackWaitMs?: number;
  /** Copies that the broker keeps of each message; 1 by default. */
  readonly replicas?: number;
}

const LIMITS: Readonly<Record<Lane, LaneLimits>> = {
  hot: { messages: 2_000, ageMs: 30_000 },
  warm: { messages: 10_000, ageMs: 5 * 60_000 },
  bulk: { messages: 50_000, ageMs: 6 * 3_600_000 },
};
const ACK_WAIT_MS = 15_000;
/** Within this time an event that is put twice stays one message, in milliseconds. The broker allows no more than the age. */
const DUPLICATE_WINDOW_MS = 2 * 60_000;
const DEAD_LETTERS = 'DEAD_LETTERS';
/** How long a dead letter is kept, in milliseconds: 14 days. */
const DEAD_AGE_MS = 14 * 24 * 3_600_000;
/** How long the broker is given for an answer before it counts as away, in milliseconds. */
const BROKER_TIMEOUT_MS = 2_000;
/** `stream name already in use with a different configuration`. */
const STREAM_NAME_IN_USE = 10058;
/** Also the name of the consumer that all replicas share. */

export const streamOf = (lane: Lane): string => `LLM_${lane.toUpperCase()}`;

/** `llm.<lane>.<task>.<game>.<key>`: a newer request for the same thing of a story has the same subject. */
export const subjectOf = ({ storyId, metadata, data }: StoredRequest): string => {
  const key = createHash('sha256').update(`${storyId}/${data.key}`).digest('hex').slice(0, 32);
  return `llm.${data.lane}.${data.task.replaceAll('.', '_')}.${metadata.game}.${key}`;
};

type LaneStreamConfig = Partial<StreamConfig> & { name: string };

const streamConfig = (lane: Lane, { messages, ageMs }: LaneLimits): LaneStreamConfig => ({
  name: streamOf(lane),
  subjects: [`llm.${lane}.>`],
  retention: RetentionPolicy.Workqueue,
  storage: StorageType.File,
  // Of two requests for one thing only the newer is worth a call: it takes the place of one that waits.
  max_msgs_per_subject: 1,
  discard: DiscardPolicy.New,
  max_msgs: messages,
  max_age: nanos(ageMs),
  duplicate_window: nanos(Math.min(ageMs, DUPLICATE_WINDOW_MS)),
});

const deadLetters: LaneStreamConfig = {
  name: DEAD_LETTERS,
  subjects: ['dead.>'],
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  max_age: nanos(DEAD_AGE_MS),
};

const consumerConfig = (ackWaitMs: number): Partial<ConsumerConfig> => ({
  durable_name: SERVICE,
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(ackWaitMs),
  // A message that reached a limit would stay for ever; poison is buried by hand instead.
  max_deliver: -1,
});

const isMissing = (error: unknown): boolean =>
  (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) ||
  // Nobody listens on the subject: the stream is gone.
  (error instanceof Error && error.cause instanceof RequestError && error.cause.isNoResponders());

const isFull = (error: unknown): boolean =>
  error instanceof JetStreamApiError && /^maximum (?:messages|bytes) exceeded/.test(error.message);

/** What would be answered in the same way every time: the broker has said no, or the client has refused to send it. */
const isRefusal = (error: unknown): boolean =>
  error instanceof InvalidArgumentError || (error instanceof JetStreamApiError && error.status === 400);

/** The broker's side of the lanes: work queues of requests, and the place for what can't be worked on. */
export class LaneStreams {
  /** Within this time a message in hand needs a sign of life, in milliseconds. */
  readonly ackWaitMs: number;
  private readonly limits: Readonly<Record<Lane, LaneLimits>>;
  private readonly replicas: number;
  private readonly client: JetStreamClient;
  private readonly manager: Promise<JetStreamManager>;
  private ensuring: Promise<void> | undefined;

  constructor(nats: NatsConnection, { limits = LIMITS, ackWaitMs = ACK_WAIT_MS, replicas = 1 }: LaneOptions = {}) {
    this.limits = limits;
    this.ackWaitMs = ackWaitMs;
    this.replicas = replicas;
    this.client = jetstream(nats, { timeout: BROKER_TIMEOUT_MS });
    // Asks the broker nothing, and so can't fail.
    this.manager = this.client.jetstreamManager(false);
  }

  /** Creates what is missing and updates what differs. Throws when the broker is away. */
  ensure(): Promise<void> {
    this.ensuring ??= this.makeAll().finally(() => {
      this.ensuring = undefined;
    });
    return this.ensuring;
  }

  /** The lane's queue, created if need be. Throws when the broker is away. */
  async consumer(lane: Lane): Promise<Consumer> {
    await this.ensure();
    return this.client.consumers.get(streamOf(lane), SERVICE);
  }

  /**
   * Puts the request on its lane, where it takes the place of an older one for the same thing. `full` when there is no
   * room, `refused` when the broker will never take it. Throws a TransientError when the broker is away.
   */
  async put(request: StoredRequest): Promise<'put' | 'full' | 'refused'> {
    try {
      return await this.publish(request);
    } catch (error) {
      if (isRefusal(error)) return 'refused';
      throw new TransientError('the lane can not be reached', { cause: error });
    }
  }

  /** Keeps a message that can't be worked on, with the reason, for whoever looks into it. Throws when the broker is away. */
  async bury(lane: Lane, message: JsMsg, reason: string): Promise<void> {
    const carried = headers();
    carried.set('Agon-Reason', reason.replaceAll(/\s+/g, ' '));
    carried.set('Agon-Subject', message.subject);
    await this.client.publish(`dead.llm.${lane}`, message.data, {
      headers: carried,
      msgID: `${streamOf(lane)}.${message.seq}`,
    });
  }

  /** How many requests lie on the lane, those in work included. Throws when the broker is away. */
  async depth(lane: Lane): Promise<number> {
    const { state } = await (await this.manager).streams.info(streamOf(lane));
    return state.messages;
  }

  private async publish(request: StoredRequest): Promise<'put' | 'full'> {
    const send = () => this.client.publish(subjectOf(request), JSON.stringify(request), { msgID: request.eventId });
    try {
      await send().catch(async (error: unknown) => {
        if (!isMissing(error)) throw error;
        await this.ensure();
        await send();
      });
      return 'put';
    } catch (error) {
      if (isFull(error)) return 'full';
      throw error;
    }
  }

  private async makeAll(): Promise<void> {
    const manager = await this.manager;
    for (const stream of [...LANES.map((lane) => streamConfig(lane, this.limits[lane])), deadLetters]) {
      const config = { ...stream, num_replicas: this.replicas };
      await manager.streams.add(config).catch((error: unknown) => {
        if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NAME_IN_USE) throw error;
        return manager.streams.update(config.name, config);
      });
    }
    for (const lane of LANES) await makeConsumer(manager, streamOf(lane), consumerConfig(this.ackWaitMs));
  }
}

const makeConsumer = async (
  manager: JetStreamManager,
  stream: string,
  config: Partial<ConsumerConfig>,
): Promise<void> => {
  try {
    await manager.consumers.update(stream, SERVICE, config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.ConsumerNotFound) throw error;
    await manager.consumers.add(stream, config);
  }
};
