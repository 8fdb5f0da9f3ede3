import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type History, type LoggedEvent, canonical } from './history.ts';

/** The stream that carries a partition, and the subject of an event in it (architecture, section 5). */
const streamOf = (partition: number): string => `STORY_${partition}`;
const subjectOf = ({ partition, metadata, type }: LoggedEvent): string =>
  `story.${partition}.${metadata.game}.${metadata.source}.${type}`;

/** Messages that are asked for at a time. */
const WIDTH = 64;

/** The sequences that each partition's stream holds. */
export async function readStreams(
  natsUrl: string,
  partitions: Iterable<number>,
): Promise<Map<number, { firstSeq: number; lastSeq: number }>> {
  return withManager(natsUrl, async (jsm) => {
    const streams = new Map<number, { firstSeq: number; lastSeq: number }>();
    for (const partition of partitions) {
      const { state } = await jsm.streams.info(streamOf(partition));
      streams.set(partition, { firstSeq: state.first_seq, lastSeq: state.last_seq });
    }
    return streams;
  });
}

/** `STORY_<p>` is the log of p from its first sequence to the head: message for message, sequence = position. */
export function carriedByBroker(natsUrl: string, history: History): Promise<string[]> {
  return withManager(natsUrl, async (jsm) => {
    const breaches: string[] = [];
    for (const [partition, events] of history) {
      const { state } = await jsm.streams.info(streamOf(partition));
      if (state.last_seq !== events.length) {
        breaches.push(`${streamOf(partition)} ends at ${state.last_seq}, the log at ${events.length}`);
      }
      const carried = events.slice(state.first_seq - 1);
      if (state.messages !== carried.length) {
        breaches.push(`${streamOf(partition)} holds ${state.messages} of ${carried.length} messages`);
      }
      for (let at = 0; at < carried.length; at += WIDTH) {
        const lines = await Promise.all(carried.slice(at, at + WIDTH).map((event) => differenceOf(jsm, event)));
        breaches.push(...lines.flat());
      }
    }
    return breaches;
  });
}

async function differenceOf(jsm: JetStreamManager, event: LoggedEvent): Promise<string[]> {
  const place = `${streamOf(event.partition)} ${event.position}`;
  const message = await jsm.streams.getMessage(streamOf(event.partition), { seq: event.position });
  if (message === null) return [`${place} is missing`];
  if (message.subject !== subjectOf(event)) return [`${place} is on ${message.subject}`];
  return canonical(message.json()) === canonical(event) ? [] : [`${place} is not the log's ${event.type}`];
}

async function withManager<T>(natsUrl: string, use: (jsm: JetStreamManager) => Promise<T>): Promise<T> {
  const nats = await connect({ servers: natsUrl.split(',') });
  try {
    return await use(await jetstreamManager(nats));
  } finally {
    await nats.close();
  }
}
