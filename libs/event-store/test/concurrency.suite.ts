import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog, StoredEvent } from '../src/index.ts';
import type { LogUnderTest } from './event-log.suite.ts';
import { newEvent, request, stored } from './requests.ts';

const WRITERS = 32;
const APPENDS = 20;

const parallel = <Result>(count: number, run: (index: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index)));

/** Reads all events of a partition as they come, like a projection, until it has seen `until` events. */
const follow = async (log: EventLog, partition: number, until: number): Promise<StoredEvent[]> => {
  const seen: StoredEvent[] = [];
  while (seen.length < until) {
    const events = await log.readPartition(partition, seen.at(-1)?.position ?? 0, 50);
    seen.push(...events);
    if (events.length === 0) await delay(1);
  }
  return seen;
};

/** Batches of 1 to 3 events. */
const batch = (writer: number, turn: number): number => 1 + ((writer + turn) % 3);

export const concurrencySuite = ({ log, partition }: LogUnderTest): void => {
  describe('under concurrent writers', () => {
    it('keeps positions and versions gapless, and a live reader skips, doubles and misorders nothing', async () => {
      const number = partition();
      // Over 8 streams that the writers share.
      const write = async (writer: number): Promise<number> => {
        let written = 0;
        for (let turn = 0; turn < APPENDS; turn += 1) {
          const events = Array.from({ length: batch(writer, turn) }, (_, n) =>
            newEvent({ streamId: `game-s1-${(writer + n) % 8}` }),
          );
          written += (await stored(log(), request({ partition: number, events }))).length;
        }
        return written;
      };
      let expected = 0;
      for (let writer = 0; writer < WRITERS; writer += 1) {
        for (let turn = 0; turn < APPENDS; turn += 1) expected += batch(writer, turn);
      }

      const [seen, written] = await Promise.all([follow(log(), number, expected), parallel(WRITERS, write)]);

      expect(written.reduce((sum, count) => sum + count, 0)).toBe(expected);
      expect(seen.map(({ position }) => position)).toEqual(Array.from({ length: expected }, (_, index) => index + 1));
      const versions = new Map<string, number>();
      for (const { streamId, version } of seen) {
        expect(version).toBe((versions.get(streamId) ?? 0) + 1);
        versions.set(streamId, version);
      }
      expect(new Set(seen.map(({ eventId }) => eventId)).size).toBe(expected);
      expect((await log().heads()).get(number)).toBe(expected);
    }, 120_000);

    it('lets exactly one of two writers open a stream', async () => {
      const number = partition();
      for (let trial = 0; trial < 50; trial += 1) {
        const streamId = `game-s1-${trial}`;
        const open = (): Promise<{ outcome: string }> =>
          log().append(
            request({
              partition: number,
              expected: new Map([[streamId, 'none']]),
              events: [newEvent({ streamId })],
            }),
          );
        const outcomes = await Promise.all([open(), open()]);
        expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['appended', 'wrong-version']);
      }
    }, 60_000);

    it('stores once what 20 writers retry at once', async () => {
      const number = partition();
      const append = request({ partition: number, expected: new Map([['game-s1', 'none']]) });
      const outcomes = await parallel(20, () => log().append(append));
      expect(outcomes.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
      expect(outcomes.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(19);
      expect(await log().readPartition(number, 0, 10)).toHaveLength(1);
    });

    it('lets exactly one of two replicas handle a message', async () => {
      const number = partition();
      await stored(log(), request({ partition: number, events: Array.from({ length: 30 }, () => newEvent()) }));
      for (let handles = 1; handles <= 30; handles += 1) {
        const handle = (): Promise<{ outcome: string }> =>
          log().append(request({ partition: number, handles, events: [newEvent()] }));
        const outcomes = await Promise.all([handle(), handle()]);
        expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['already-handled', 'appended']);
      }
    }, 60_000);
  });
};
