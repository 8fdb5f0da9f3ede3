import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { setTimeout as delay } from 'node:timers/promises';
import { streamOf, subjectOf, type EventLog, type PublisherLogger, type StoredEvent } from '../src/index.ts';

/** A connection that comes back by itself, as a service's does. */
export const connectTo = (url: string): Promise<NatsConnection> =>
  connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 50, reconnectJitter: 0 });

/** Repeats an assertion until it holds. */
export const eventually = async (assertion: () => void | Promise<void>, withinMs = 15_000): Promise<void> => {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(20);
    }
  }
};

export interface Message {
  readonly sequence: number;
  readonly subject: string;
  readonly payload: string;
  readonly headers: Record<string, string>;
}

const CARRIED = ['Agon-Event-Id', 'Agon-Story-Id', 'Agon-Stream', 'Agon-Correlation-Id', 'traceparent'];

/** All messages of a partition's stream, read one by one so that none can hide. */
export const messagesOf = async (nats: NatsConnection, partition: number): Promise<Message[]> => {
  const manager = await jetstreamManager(nats);
  const { state } = await manager.streams.info(streamOf(partition));
  const messages: Message[] = [];
  for (let sequence = state.first_seq; sequence <= state.last_seq; sequence += 1) {
    const message = await manager.streams.getMessage(streamOf(partition), { seq: sequence });
    if (message === null) continue;
    const carried = CARRIED.filter((name) => message.header.has(name)).map((name) => [name, message.header.get(name)]);
    messages.push({
      sequence: message.seq,
      subject: message.subject,
      payload: message.string(),
      headers: Object.fromEntries(carried),
    });
  }
  return messages;
};

/** The message that carries an event. */
export const messageFor = (event: StoredEvent): Message => ({
  sequence: event.position,
  subject: subjectOf(event),
  payload: JSON.stringify(event),
  headers: {
    'Agon-Event-Id': event.eventId,
    'Agon-Story-Id': event.storyId,
    'Agon-Stream': event.streamId,
    'Agon-Correlation-Id': event.correlationId,
    ...(event.metadata.traceparent === undefined ? {} : { traceparent: event.metadata.traceparent }),
  },
});

/** The stream is the log, message for message, from a position on. */
export const expectStreamIsLog = async (
  nats: NatsConnection,
  log: EventLog,
  partition: number,
  first = 1,
): Promise<void> => {
  const events = await log.readPartition(partition, first - 1, 100_000);
  expect(await messagesOf(nats, partition)).toEqual(events.map(messageFor));
};

/** Keeps what is logged. */
export class LoggerSpy implements PublisherLogger {
  readonly warnings: string[] = [];
  readonly alarms: string[] = [];

  warn(_details: object, message: string): void {
    this.warnings.push(message);
  }

  error(_details: object, message: string): void {
    this.alarms.push(message);
  }
}
