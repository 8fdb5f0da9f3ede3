import { Client } from 'pg';
import { openPgLog, type OpenPgLog } from '../test/open-pg-log.ts';

/** Under a reader the cost of an update grows with the updates before it: all 20,000 take long. */
const UNDER_A_READER = process.env['AGON_LONG'] === '1' ? 20_000 : 4_000;
const PAGE = 8192;

interface Size {
  readonly pages: number;
  readonly updates: number;
  /** Updates that touched no index: inside their page. */
  readonly hot: number;
}

const tables = [
  { table: 'log_partitions', update: 'set head = head + 1 where partition = 3' },
  { table: 'handled', update: `set position = position + 1 where (service, partition) = ('flow', 3)` },
  { table: 'streams', update: `set version = version + 1 where (partition, stream_id) = (3, 'flow-s3')` },
];

describe.each(tables)('the head rows of $table', ({ table, update }) => {
  let database: OpenPgLog;
  let writer: Client;
  let reader: Client;
  beforeAll(async () => {
    database = await openPgLog();
    writer = new Client({ connectionString: database.url });
    reader = new Client({ connectionString: database.url });
    await Promise.all([writer.connect(), reader.connect()]);
    await writer.query(`
      set enable_seqscan = off;
      insert into agon_log.log_partitions select p, 0 from generate_series(0, 63) as p;
      insert into agon_log.handled select 'flow', p, 0 from generate_series(0, 63) as p;
      insert into agon_log.streams select p, 'flow-s' || p, 1 from generate_series(0, 63) as p`);
  }, 300_000);
  afterAll(async () => {
    await Promise.all([writer.end(), reader.end()]);
    await database.close();
  });

  /** Each update in a transaction of its own. */
  const change = (times: number): Promise<unknown> =>
    writer.query(`do $$ begin
      for n in 1 .. ${times} loop update agon_log.${table} ${update}; commit; end loop;
    end $$`);

  const size = async (): Promise<Size> => {
    await writer.query('select pg_stat_force_next_flush()');
    const { rows } = await writer.query<Size>(
      `select (pg_relation_size(relid) / ${PAGE})::int as pages, n_tup_upd::int as updates, n_tup_hot_upd::int as hot
       from pg_stat_user_tables where relid = 'agon_log.${table}'::regclass`,
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`there is no ${table}`);
    return row;
  };

  it('stay in their pages over 20,000 updates', async () => {
    const { pages } = await size();
    await change(20_000);
    expect(await size()).toEqual({ pages, updates: 20_000, hot: 20_000 });
  }, 60_000);

  it('take new pages for an old snapshot, use them again after a vacuum, and touch no index but for a page’s first', async () => {
    const { pages } = await size();
    const grown: number[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const start = await size();
      await reader.query('begin isolation level repeatable read');
      await reader.query(`select from agon_log.${table}`);
      await change(UNDER_A_READER);
      await reader.query('commit');
      const end = await size();
      grown.push(end.pages);
      // At most 64 bytes per version.
      expect(end.pages).toBeLessThanOrEqual(pages + Math.ceil((UNDER_A_READER * 64) / PAGE));
      expect((end.hot - start.hot) / UNDER_A_READER).toBeGreaterThan(0.98);
      // What autovacuum does within its minute, by these settings.
      await writer.query(`vacuum agon_log.${table}`);
    }
    expect(grown[1]).toBeLessThanOrEqual((grown[0] ?? 0) + 1);
    const after = await size();
    await change(1_000);
    expect((await size()).pages).toBe(after.pages);
  }, 600_000);

  it('are vacuumed after a thousand dead versions or a hundredth of the table, without a pause', async () => {
    const { rows } = await writer.query<{ settings: string[] }>(
      `select reloptions as settings from pg_class where oid = 'agon_log.${table}'::regclass`,
    );
    expect(rows[0]?.settings).toEqual(
      expect.arrayContaining([
        `autovacuum_vacuum_scale_factor=${table === 'streams' ? '0.01' : '0'}`,
        'autovacuum_vacuum_threshold=1000',
        'autovacuum_vacuum_cost_delay=0',
      ]),
    );
  });
});
