import type { QueryRunner } from 'typeorm';
import { z } from 'zod';
import { event } from '../test/examples.ts';
import { GivenLog, startReadModels, type TestReadModels } from '../test/read-models.ts';
import { prepareProjections } from './prepare-projections.ts';
import { defineProjection } from './projection.ts';
import { ProjectionRunner } from './projection-runner.ts';
import { readModel } from './read-model.ts';

/** A million takes longer to load than CI should wait; the plans are the same. */
const ROWS = process.env['AGON_LONG'] === '1' ? 1_000_000 : 100_000;
const UPDATES = 20_000;
const service = 'thing-keeper';

const Thing = z.object({ due: z.string() });
const things = defineProjection({
  name: 'thing',
  version: 1,
  due: true,
  handles: ['Lent'],
  parse: ({ data }) => Thing.parse(data),
  key: () => 'k1',
  initial: (): { due?: string } => ({}),
  evolve: (_row, { due }) => ({ due }),
});
const said = defineProjection({
  name: 'said',
  version: 1,
  feed: true,
  handles: ['Lent'],
  parse: ({ position }) => ({ position }),
  key: ({ position }) => String(position),
  initial: () => ({}),
  evolve: (row) => row,
});
const set = { service, projections: [things, said], partitions: 1024 };

describe(`on ${ROWS} rows`, () => {
  let store: TestReadModels;
  let runner: QueryRunner;
  beforeAll(async () => {
    store = await startReadModels();
    await prepareProjections(store.dataSource, set);
    runner = store.dataSource.createQueryRunner();
    await runner.query('set statement_timeout = 0');
    for (const table of ['thing_keeper_thing_v1', 'thing_keeper_said_v1'])
      await runner.query(`
        insert into agon_read.${table}
        select 0, 's' || n / 100, case when '${table}' like '%said%' then n::text else 'k' || n % 100 end, n,
          jsonb_build_object('due', to_char(now() + n * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS'))
        from generate_series(1, ${ROWS}) as n`);
    await runner.query(`
      insert into agon_read.parked
      select '${service}', 'thing', 1, 1, 0, 'p' || n, n, 'e' from generate_series(1, 5000) as n`);
    await runner.query('analyze');
  }, 600_000);
  afterAll(async () => {
    await runner.release();
    await store.stop();
  });

  const scans = async (): Promise<unknown> => {
    // Statistics of the other connections: each tells its own within a second, or when it is asked to.
    await Promise.all(
      Array.from({ length: 4 }, () => store.dataSource.query('select pg_stat_force_next_flush(), pg_sleep(0.05)')),
    );
    return store.dataSource.query(
      `select relname, seq_scan from pg_stat_user_tables where schemaname = 'agon_read' order by 1`,
    );
  };

  it('folding and reading scan no table', async () => {
    const { dataSource } = store;
    const log = new GivenLog();
    log.add(...Array.from({ length: 20 }, (_, n) => event(ROWS + n + 1, 'Lent', { due: '2020-01-01' }, 's7')));
    await dataSource.query(`update agon_read.checkpoints set position = ${ROWS} where partition = 0`);
    const before = await scans();
    await new ProjectionRunner({ ...set, dataSource, log, partition: 0, batch: 2 }).run();
    const read = readModel(dataSource, service, things);
    expect(await read.doc(0, 's7', 'k1')).toEqual({ due: '2020-01-01' });
    expect(await read.docs(0, 's7')).toHaveLength(100);
    expect(await read.due('2020-01-02', 10)).toHaveLength(1);
    expect(await readModel(dataSource, service, said).feed(0, 's7', ROWS, 5)).toHaveLength(5);
    expect(await scans()).toEqual(before);
  });

  it('a checkpoint stays in its page over 20,000 moves', async () => {
    const state = async (): Promise<unknown> => {
      await runner.query('select pg_stat_force_next_flush()');
      const [row] = await store.dataSource.query<object[]>(
        `select pg_relation_size(relid) as size, n_tup_upd - n_tup_hot_upd as not_hot from pg_stat_user_tables
         where relid = 'agon_read.checkpoints'::regclass`,
      );
      return row;
    };
    const before = await state();
    await runner.query(`do $$ begin
      for n in 1 .. ${UPDATES} loop
        update agon_read.checkpoints set position = position + 1
        where (service, name, version, generation, partition) = ('${service}', 'thing', 1, 1, 7);
        commit;
      end loop;
    end $$`);
    expect(await state()).toEqual(before);
  }, 60_000);
});
