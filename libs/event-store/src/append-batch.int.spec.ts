import { openPgLog, type OpenPgLog } from '../test/open-pg-log.ts';
import { claimAll, contents, flowRequest, newEvent, request, stored } from '../test/requests.ts';
import type { AppendRequest, EventLog, NewEvent } from './event-log.ts';
import { MemoryEventLog } from './memory-event-log.ts';

const idOf = (n: number): string => `00000000-0000-5000-8000-00000000000${n}`;
const known = newEvent({ streamId: 'flow-s1', eventId: idOf(1) });
const another = (): NewEvent => newEvent({ streamId: 'flow-s1' });

/** What is in each partition before, appended one after the other. */
async function prepare(log: EventLog, partition: number): Promise<void> {
  await stored(log, request({ partition, events: [2, 3, 4].map((n) => newEvent({ eventId: idOf(n) })) }));
  await stored(log, flowRequest({ partition, handles: 1, expected: new Map([['flow-s1', 'none']]), events: [known] }));
}

const usual = (partition: number): AppendRequest =>
  flowRequest({ partition, handles: 2, expected: new Map([['flow-s1', 1]]), events: [another(), another()] });

const cases: [string, (log: EventLog, partition: number) => Promise<Partial<AppendRequest>>][] = [
  ['is as usual', async () => ({ expected: new Map([['flow-s1', 1]]), handles: 2, events: [another(), another()] })],
  ['only moves the mark', async () => ({ handles: 2, events: [] })],
  [
    'opens a stream',
    async () => ({ expected: new Map([['flow-s1-x', 'none']]), events: [newEvent({ streamId: 'flow-s1-x' })] }),
  ],
  [
    'goes to two streams, in turn',
    async () => ({
      expected: new Map<string, 'any' | 'none'>([
        ['flow-s1', 'any'],
        ['conflict-s1', 'none'],
      ]),
      events: ['flow-s1', 'conflict-s1', 'flow-s1'].map((streamId) => newEvent({ streamId })),
    }),
  ],
  ['expects nothing of a new stream', async () => ({ events: [newEvent({ streamId: 'flow-s1-x' })] })],
  ['rests on a stream as it is', async () => ({ expected: new Map([['game-s1', 3]]), events: [another()] })],
  [
    'rests on a stream that is not there',
    async () => ({ expected: new Map([['game-s1-x', 'none']]), events: [another()] }),
  ],
  ['rests on a stream that has moved', async () => ({ expected: new Map([['game-s1', 2]]), events: [another()] })],
  [
    'rests on a stream that is there after all',
    async () => ({ expected: new Map([['game-s1', 'none']]), events: [another()] }),
  ],
  ['expects another version', async () => ({ expected: new Map([['flow-s1', 2]]), events: [another()] })],
  ['expects a new stream', async () => ({ expected: new Map([['flow-s1', 'none']]), events: [another()] })],
  ['is known', async () => ({ expected: new Map([['flow-s1', 'none']]), events: [known] })],
  ['is known, whatever the version', async () => ({ expected: new Map([['flow-s1', 1]]), events: [known] })],
  ['is known in part', async () => ({ events: [known, another()] })],
  ['was handled', async () => ({ handles: 1, events: [another()] })],
  ['handles what is not there yet', async () => ({ handles: 9, events: [another()] })],
  ['goes to a foreign stream', async () => ({ events: [newEvent({ streamId: 'game-s1' })] })],
  ['goes to nobody’s stream', async () => ({ events: [newEvent({ streamId: 'lonely-s1' })] })],
  [
    'goes to a parked story',
    async (log, partition) => {
      await log.park({ service: 'conflict-flow', partition, position: 2, storyId: 's1', error: 'broken' });
      return { handles: 3, events: [another()] };
    },
  ],
  [
    'handles a parked message',
    async (log, partition) => {
      await log.park({ service: 'conflict-flow', partition, position: 2, storyId: 's1', error: 'broken' });
      return { handles: 2, events: [another()] };
    },
  ],
  [
    'goes to another story than the parked one',
    async (log, partition) => {
      await log.park({ service: 'conflict-flow', partition, position: 2, storyId: 's2', error: 'broken' });
      return { handles: 3, events: [another()] };
    },
  ],
];

const TIMES = ['recordedAt', 'parkedAt'];
const asText = (value: unknown): string =>
  JSON.stringify(value, (key, part: unknown) => (TIMES.includes(key) ? 'now' : part));

describe('appends at the same time', () => {
  let pg: OpenPgLog;
  let memory: MemoryEventLog;
  let partitions = 0;
  beforeAll(async () => {
    pg = await openPgLog();
    memory = new MemoryEventLog();
    await Promise.all([claimAll(pg.log), claimAll(memory)]);
  }, 60_000);
  afterAll(() => pg.close());

  /** Transactions that stored events of more than one story. */
  const together = async (): Promise<number> => {
    const { rows } = await pg.pool.query<{ together: number }>(`
      select count(*)::integer as together
      from (select from agon_log.events group by xmin::text having count(distinct (partition, story_id)) > 1) as shared`);
    return rows[0]?.together ?? 0;
  };

  it.each(cases)('have the outcome that they have alone when one of them %s', async (_, given) => {
    const numbers = Array.from({ length: 4 }, () => (partitions += 1));
    for (const log of [pg.log, memory]) for (const partition of numbers) await prepare(log, partition);
    const [first = 0, second = 0, third = 0, last = 0] = numbers;
    const special = await given(pg.log, third);
    await given(memory, third);
    // The first goes alone, the others wait for it and go together.
    const appends = [usual(first), usual(second), flowRequest({ partition: third, ...special }), usual(last)];
    const outcomesOf = async (log: EventLog): Promise<string[]> => {
      const settled = await Promise.allSettled(appends.map((append) => log.append(append)));
      return settled.map((one) => (one.status === 'fulfilled' ? asText(one.value) : String(one.reason)));
    };
    expect(await outcomesOf(pg.log)).toEqual(await outcomesOf(memory));
    for (const partition of numbers) {
      expect(asText(await contents(pg.log, partition))).toEqual(asText(await contents(memory, partition)));
    }
  });

  it.each(cases)('have it in one partition, too, when one of them %s', async (_, given) => {
    const partition = (partitions += 1);
    for (const log of [pg.log, memory]) await prepare(log, partition);
    const special = await given(pg.log, partition);
    await given(memory, partition);
    const of = (storyId: string, expected: 'none' | number = 'none'): AppendRequest => {
      const streamId = `flow-${storyId}`;
      const events = [newEvent({ streamId }), newEvent({ streamId })];
      return flowRequest({ partition, storyId, expected: new Map([[streamId, expected]]), events });
    };
    // The first goes alone, the next four wait for it and go together; of a story the second waits for the first.
    const together = [of('first'), of('second'), flowRequest({ partition, ...special }), of('third'), of('fourth')];
    const appends = [...together, usual(partition), of('third', 2)];
    const outcomesOf = async (log: EventLog): Promise<string[]> => {
      const settled = await Promise.allSettled(appends.map((append) => log.append(append)));
      return settled.map((one) => (one.status === 'fulfilled' ? asText(one.value) : String(one.reason)));
    };
    expect(await outcomesOf(pg.log)).toEqual(await outcomesOf(memory));
    expect(asText(await contents(pg.log, partition))).toEqual(asText(await contents(memory, partition)));
  });

  it('share a transaction', async () => {
    const before = await together();
    const numbers = Array.from({ length: 6 }, () => (partitions += 1));
    for (const partition of numbers) await prepare(pg.log, partition);
    await Promise.all(numbers.map((partition) => stored(pg.log, flowRequest({ partition, events: [another()] }))));
    expect(await together()).toBe(before + 1);
  });

  it('share a transaction within a partition, and its positions', async () => {
    const before = await together();
    const partition = (partitions += 1);
    const appended = await Promise.all(
      ['a', 'b', 'c', 'd'].map((storyId) => {
        const streamId = `flow-${storyId}`;
        const events = [newEvent({ streamId }), newEvent({ streamId })];
        return stored(pg.log, flowRequest({ partition, storyId, expected: new Map([[streamId, 'none']]), events }));
      }),
    );
    expect(await together()).toBe(before + 1);
    expect(appended.flat().map(({ position, version }) => [position, version])).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((position) => [position, 2 - (position % 2)]),
    );
    expect(await pg.log.readPartition(partition, 0, 100)).toEqual(appended.flat());
  });

  it('move the mark of their partition once, in their order', async () => {
    const partition = (partitions += 1);
    for (const log of [pg.log, memory]) await prepare(log, partition);
    const appends = [undefined, 2, 4, 3].map((handles, n) =>
      flowRequest({ partition, storyId: `m${n}`, handles, events: [newEvent({ streamId: `flow-m${n}` })] }),
    );
    const outcomesOf = async (log: EventLog) =>
      (await Promise.all(appends.map((append) => log.append(append)))).map(asText);
    expect(await outcomesOf(pg.log)).toEqual(await outcomesOf(memory));
    expect(asText(await contents(pg.log, partition))).toEqual(asText(await contents(memory, partition)));
  });

  it('of a partition keep their order', async () => {
    const partition = (partitions += 1);
    const ids = Array.from({ length: 20 }, (_, n) => `00000000-0000-5000-8000-0000000000${n + 10}`);
    await Promise.all(ids.map((eventId) => stored(pg.log, request({ partition, events: [newEvent({ eventId })] }))));
    expect((await pg.log.readPartition(partition, 0, 100)).map((event) => event.eventId)).toEqual(ids);
  });
});
