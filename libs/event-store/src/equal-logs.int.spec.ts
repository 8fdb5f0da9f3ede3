import * as fc from 'fast-check';
import { logCommands, partitionCommands, type LogCommand } from '../test/log-commands.ts';
import { openPgLog, type OpenPgLog } from '../test/open-pg-log.ts';
import { claimAll, contents } from '../test/requests.ts';
import type { EventLog } from './event-log.ts';
import { MemoryEventLog } from './memory-event-log.ts';

const TIMES = ['recordedAt', 'parkedAt', 'redriveRequestedAt'];

/** Answers and errors as text, the clock aside: equal only if equal byte for byte. */
const asText = (value: unknown): string =>
  JSON.stringify(value, (key, part: unknown) => (TIMES.includes(key) && part !== null ? 'now' : part)) ?? 'nothing';

const play = async (log: EventLog, partition: number, commands: readonly LogCommand[]): Promise<string[]> => {
  const answers: string[] = [];
  for (const command of commands) {
    answers.push(
      await command(log, partition).then(asText, (error: unknown) => (error instanceof Error ? error.name : 'unknown')),
    );
  }
  return [...answers, asText(await contents(log, partition)), asText(await log.readCorrelation(partition, 'c1'))];
};

const SEED = 1;

describe('the logs in memory and in Postgres', () => {
  let pg: OpenPgLog;
  beforeAll(async () => {
    pg = await openPgLog();
  }, 300_000);
  afterAll(() => pg.close());

  it('give equal answers to, and are equal after, any sequence of commands', async () => {
    const memory = new MemoryEventLog();
    await Promise.all([claimAll(memory), claimAll(pg.log)]);
    let partition = 0;
    const outcomes = new Set<string>();
    const equal = fc.asyncProperty(logCommands, async (commands) => {
      partition += 1;
      const [inMemory, inPostgres] = [await play(memory, partition, commands), await play(pg.log, partition, commands)];
      expect(inPostgres).toEqual(inMemory);
      for (const answer of inMemory) outcomes.add(/^\{"outcome":"([a-z-]+)"/.exec(answer)?.[1] ?? answer.slice(0, 30));
    });
    await fc.assert(equal, { numRuns: 30 });
    outcomes.clear();
    // The same sequences each time, known to be worth playing: everything that can happen does.
    await fc.assert(equal, { numRuns: 60, seed: SEED });
    expect([...outcomes]).toEqual(
      expect.arrayContaining([
        'appended',
        'duplicate',
        'wrong-version',
        'already-handled',
        'parked',
        'not-owner',
        'PartialDuplicateError',
        'PastHeadError',
        'UnstorableError',
        'CategoryOwnedError',
        '"parked"',
        '"already-handled"',
        '"story-free"',
      ]),
    );
  }, 180_000);

  it('give equal answers, and are equal after, when partitions are written to at the same time', async () => {
    const memory = new MemoryEventLog();
    await Promise.all([claimAll(memory), claimAll(pg.log)]);
    let partition = 1_000;
    const sequences = fc.array(partitionCommands, { minLength: 6, maxLength: 6 });
    const equal = fc.asyncProperty(sequences, async (all) => {
      const [from] = [partition, (partition += all.length)];
      const playAll = (log: EventLog): Promise<string[][]> =>
        Promise.all(all.map((commands, n) => play(log, from + n, commands)));
      const [inMemory, inPostgres] = [await playAll(memory), await playAll(pg.log)];
      expect(inPostgres).toEqual(inMemory);
    });
    await fc.assert(equal, { numRuns: 20 });
    const { rows } = await pg.pool.query<{ together: number }>(`
      select count(*)::integer as together
      from (select from agon_log.events group by xmin::text having count(distinct partition) > 1) as shared`);
    expect(rows[0]?.together).toBeGreaterThan(20);
  }, 180_000);
});
