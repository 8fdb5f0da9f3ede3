import { streamId } from '@agon/contracts';
import { randomUUID } from 'node:crypto';
import { appended, openAgon, prepareAgon } from '../append/agon.ts';
import { FACT, SERVICE } from '../append/workload.ts';
import { closedLoop } from '../closed-loop.ts';
import { storyIn } from '../stories.ts';
import type { SkipLoad } from './skip.ts';
import { Tally, type Verdict } from './tally.ts';
import { steps } from './writing.ts';

/** Few, so that several writers meet in each at any time. */
const PARTITIONS = 8;
const READ_BATCH = 500;

/** Follows every partition by the one query that readers of our log use. */
export async function agonSkips(url: string, { writers, milliseconds, signal }: SkipLoad): Promise<Verdict> {
  await prepareAgon(url);
  const writing = openAgon(url);
  const reading = openAgon(url, PARTITIONS);
  const tally = new Tally();
  let ended = false;
  const follow = async (partition: number): Promise<void> => {
    for (let position = 0; ;) {
      // Asked before the last read: what was stored by then is read by it.
      const last = ended;
      const events = await reading.log.readPartition(partition, position, READ_BATCH);
      for (const event of events) tally.saw(event.streamId, event.version);
      position = events.at(-1)?.position ?? position;
      if (last && events.length === 0) return;
    }
  };
  const readers = Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => follow(partition)));
  const all = Array.from({ length: writers }, (_, writer) => steps(writer));
  try {
    await closedLoop({ writers, milliseconds, signal }, async (writer) => {
      const step = all[writer]?.next().value;
      if (step === undefined) return;
      const { storyId, partition } = storyIn(writer % PARTITIONS, step.stream);
      const stream = streamId('flow', storyId, 'c1');
      await appended(writing.log, {
        partition,
        service: SERVICE,
        storyId,
        correlationId: storyId,
        expected: new Map([[stream, step.version === 0 ? 'none' : step.version]]),
        events: Array.from({ length: step.events }, () => ({
          streamId: stream,
          eventId: randomUUID(),
          schemaVersion: 1,
          ...FACT,
        })),
      });
      tally.wrote(stream, step.version + step.events);
    });
  } finally {
    ended = true;
    await readers;
    await Promise.all([writing.close(), reading.close()]);
  }
  return tally.verdict();
}
