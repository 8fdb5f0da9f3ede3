import { z } from 'zod';
import { event } from '../test/examples.ts';
import { GivenLog, startReadModels, type TestReadModels } from '../test/read-models.ts';
import { prepareProjections } from './prepare-projections.ts';
import { defineProjection } from './projection.ts';
import { ProjectionRunner } from './projection-runner.ts';
import { readModel } from './read-model.ts';
import { qualifiedTable } from './tables.ts';

const service = 'thing-keeper';

/** What is lent is due at a time, until it comes back. */
const Loan = z.object({ thing: z.string(), due: z.string().optional() });

const loans = defineProjection({
  name: 'loan',
  version: 1,
  due: true,
  handles: ['Lent', 'Returned'],
  parse: ({ data }) => Loan.parse(data),
  key: ({ thing }) => thing,
  initial: (): { due?: string | undefined } => ({}),
  evolve: (_row, { due }) => ({ due }),
});

const at = (second: number): string => new Date(second * 1_000).toISOString();
const lent = (position: number, thing: string, second: number, story = 'p0_a') =>
  event(position, 'Lent', { thing, due: at(second) }, story);

describe('rows that are due', () => {
  let store: TestReadModels;
  let log: GivenLog;
  beforeEach(async () => {
    store = await startReadModels();
    log = new GivenLog();
    await prepareProjections(store.dataSource, { service, projections: [loans], partitions: 1 });
  });
  afterEach(() => store.stop());

  const due = async (second: number, limit = 10) => {
    const { dataSource } = store;
    await new ProjectionRunner({ dataSource, log, service, projections: [loans], partition: 0, batch: 100 }).run();
    return (await readModel(dataSource, service, loans).due(at(second), limit)).map(({ key, storyId, position }) => [
      key,
      storyId,
      position,
    ]);
  };

  it('are found over all stories, the longest due first, with their place', async () => {
    log.add(lent(1, 'pen', 20), lent(2, 'book', 10, 'p0_b'), lent(3, 'cup', 30));
    expect(await due(20)).toEqual([
      ['book', 'p0_b', 2],
      ['pen', 'p0_a', 1],
    ]);
    expect(await due(40, 1)).toEqual([['book', 'p0_b', 2]]);
  });

  it('are due no more when they have no such time any longer', async () => {
    log.add(lent(1, 'pen', 10), event(2, 'Returned', { thing: 'pen' }));
    expect(await due(20)).toEqual([]);
  });

  it('are found by their index, however many are not due', async () => {
    const table = qualifiedTable(service, loans);
    await store.dataSource.query(
      `insert into ${table} select 0, 'p0_' || n, 'thing', n, '{}'::jsonb from generate_series(1, 20000) n`,
    );
    await store.dataSource.query(`analyze ${table}`);
    const plan = await store.dataSource.query<{ 'QUERY PLAN': string }[]>(
      `explain select key from ${table} where doc ->> 'due' <= '2026' order by doc ->> 'due' limit 10`,
    );
    expect(plan.map((row) => row['QUERY PLAN']).join()).toContain('_due on');
  });
});
