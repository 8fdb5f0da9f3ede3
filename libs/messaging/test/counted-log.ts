import { type EventLog, MemoryEventLog, type StoredEvent } from '@agon/event-store';
import { SERVICE } from './replica.ts';
import { storyIn } from './inputs.ts';

/** A log in which the counting service and the gateway own what they need. */
export const countedLog = async (): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  await log.claim('gateway', ['game']);
  await log.claim(SERVICE, ['counter']);
  return log;
};

/** The positions of the inputs that were decided for a story, in the order in which they were. */
export const decidedInputs = async (log: EventLog, partition = 0, story = 'one'): Promise<unknown[]> =>
  (await log.readStream(partition, `counter-${storyIn(partition, story)}`)).map(({ data }) => data['input']);

export const positionsOf = (events: readonly StoredEvent[]): number[] => events.map(({ position }) => position);
