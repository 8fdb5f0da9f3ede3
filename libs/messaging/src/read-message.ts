import type { JsMsg } from '@nats-io/jetstream';
import type { EventLog, StoredEvent } from '@agon/event-store';
import { readEnvelope } from './envelope.ts';
import type { MessagingLogger } from './logger.ts';

/**
 * The event that a message of a partition's stream carries. The log has the last word when the message is not what its
 * position promises; undefined when the log holds nothing there either.
 */
export const readMessage = async (
  message: JsMsg,
  partition: number,
  log: EventLog,
  logger: MessagingLogger,
): Promise<StoredEvent | undefined> => {
  const carried = readEnvelope(message.string());
  if (carried?.position === message.seq && carried.partition === partition) return carried;
  const [stored] = await log.readAt(partition, [message.seq]);
  const fields = { partition, position: message.seq, subject: message.subject };
  logger.error(fields, 'a message is not the event of its position; the log is taken instead');
  return stored;
};
