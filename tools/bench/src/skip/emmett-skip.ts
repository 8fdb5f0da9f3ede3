import { waitUntil } from '@agon/stack';
import { postgreSQLEventStoreConsumer } from '@event-driven-io/emmett-postgresql';
import { emmettEvent, openEmmett } from '../append/emmett.ts';
import { FACT } from '../append/workload.ts';
import { closedLoop } from '../closed-loop.ts';
import type { SkipLoad } from './skip.ts';
import { Tally, type Verdict } from './tally.ts';
import { steps } from './writing.ts';

/** Larger and oftener than its defaults (100, every 50 ms), with which its consumer would not keep up. */
const PULLING = { batchSize: 1000, pullingFrequencyInMs: 1 };
/** Nothing new for so long: the consumer has seen all that it will. */
const QUIET_MS = 1_500;
const LONGEST_MS = 30_000;

/** Follows everything with emmett's own consumer. */
export async function emmettSkips(url: string, { writers, milliseconds, signal }: SkipLoad): Promise<Verdict> {
  const store = await openEmmett(url);
  const tally = new Tally();
  let latest = performance.now();
  const consumer = postgreSQLEventStoreConsumer({ connectionString: url, pulling: PULLING });
  consumer.reactor({
    processorId: 'skip',
    eachMessage: ({ metadata }) => {
      tally.saw(metadata.streamName, Number(metadata.streamPosition));
      latest = performance.now();
    },
  });
  const consuming = consumer.start();
  const all = Array.from({ length: writers }, (_, writer) => steps(writer));
  try {
    await closedLoop({ writers, milliseconds, signal }, async (writer) => {
      const step = all[writer]?.next().value;
      if (step === undefined) return;
      await store.appendToStream(
        step.stream,
        Array.from({ length: step.events }, () => emmettEvent(FACT)),
        { expectedStreamVersion: step.version === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(step.version) },
      );
      tally.wrote(step.stream, step.version + step.events);
    });
    const isQuiet = (): boolean => performance.now() - latest > QUIET_MS;
    if (!(await waitUntil(isQuiet, { timeout: LONGEST_MS, interval: 50, signal }))) {
      throw new Error(`emmett's consumer was still at work ${LONGEST_MS / 1000} s after the last append`);
    }
  } finally {
    await consumer.close();
    await consuming;
    await store.close();
  }
  return tally.verdict();
}
