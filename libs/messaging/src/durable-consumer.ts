import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { streamOf } from '@agon/event-store';

/** The one priority group of every consumer: whoever is pinned in it owns the partition. */
export const GROUP = 'owner';

export interface DurableOptions {
  /** Also the name of the consumer. */
  service: string;
  partition: number;
  types: readonly string[];
  ackWaitMs: number;
  /** Whether the broker can pin a partition to one replica (2.11). */
  pinned: boolean;
  /**
   * Keeps the consumer's place in the broker's memory instead of a file; for a broker that is alone. Brokers of a cluster
   * need theirs to go on without the one that led.
   */
  inMemory: boolean;
  /** Keeps the filters that are there besides its own: those of a newer version that runs beside this one. */
  widen: boolean;
}

/** The filter that lets one event type of a partition through, from any game and source. */
export const filterOf = (partition: number, type: string): string => `story.${partition}.*.*.${type}`;

type Settings = Pick<
  ConsumerConfig,
  'ack_policy' | 'ack_wait' | 'max_ack_pending' | 'max_deliver' | 'mem_storage' | 'filter_subjects'
> &
  Pick<ConsumerConfig, 'priority_groups' | 'priority_policy' | 'priority_timeout'>;

const settingsOf = (
  { partition, types, ackWaitMs, pinned, inMemory, widen }: DurableOptions,
  present: readonly string[] = [],
): Settings => ({
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(ackWaitMs),
  // One message at a time is what keeps the order when one of them has to be delivered again.
  max_ack_pending: 1,
  max_deliver: -1,
  // Where the service stands is the mark in Postgres; with one broker a file written for every message would cost the broker more than
  // the message. A broker that starts again has no consumers, and they are made anew at the mark.
  mem_storage: inMemory,
  filter_subjects: [
    ...new Set([...types.map((type) => filterOf(partition, type)), ...(widen ? present : [])]),
  ].toSorted(),
  ...(pinned && {
    priority_groups: [GROUP],
    priority_policy: 'pinned_client' as const,
    // An owner that stopped pulling is replaced as soon as its message in hand would be.
    priority_timeout: nanos(ackWaitMs),
  }),
});

const differs = (config: ConsumerConfig, wanted: Settings): boolean =>
  config.ack_policy !== wanted.ack_policy ||
  config.ack_wait !== wanted.ack_wait ||
  config.max_ack_pending !== wanted.max_ack_pending ||
  config.max_deliver !== wanted.max_deliver ||
  (config.mem_storage ?? false) !== wanted.mem_storage ||
  (config.filter_subjects ?? []).toSorted().join() !== wanted.filter_subjects?.join() ||
  (config.priority_policy ?? 'none') !== (wanted.priority_policy ?? 'none') ||
  (config.priority_timeout ?? 0) !== (wanted.priority_timeout ?? 0);

/**
 * Makes the service's durable consumer of the partition what it should be, and returns it.
 *
 * @param start the position at which a new consumer begins.
 */
export const ensureDurable = async (
  jsm: JetStreamManager,
  options: DurableOptions,
  start: number,
): Promise<ConsumerInfo> => {
  const { service, partition } = options;
  const stream = streamOf(partition);
  const found = await findDurable(jsm, stream, service);
  const wanted = settingsOf(options, found?.config.filter_subjects);
  if (found !== undefined && !differs(found.config, wanted)) return found;
  if (found !== undefined) {
    try {
      return await jsm.consumers.update(stream, service, wanted);
    } catch (error) {
      if (!(error instanceof JetStreamApiError)) throw error;
      // Some settings can't be changed. The consumer holds nothing that the handled mark does not, so it may go.
      await jsm.consumers.delete(stream, service);
    }
  }
  return jsm.consumers.add(stream, {
    ...wanted,
    durable_name: service,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: start,
  });
};

const findDurable = async (jsm: JetStreamManager, stream: string, name: string): Promise<ConsumerInfo | undefined> => {
  try {
    return await jsm.consumers.info(stream, name);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) return undefined;
    throw error;
  }
};

/**
 * Whether the consumer asks for a type. When a replica gets one that it does not know, a newer version of the service
 * runs beside it and will handle it; else it is left over from an older one.
 */
export const isWanted = async (consumer: Consumer, partition: number, type: string): Promise<boolean> => {
  const { config } = await consumer.info();
  return config.filter_subjects?.includes(filterOf(partition, type)) ?? false;
};
