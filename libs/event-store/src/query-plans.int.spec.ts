import { Client, Pool } from 'pg';
import { openPgLog, type OpenPgLog } from '../test/open-pg-log.ts';
import { claimAll, newEvent, request, stored } from '../test/requests.ts';
import { PgEventLog } from './pg-event-log.ts';
import { statements } from './statements.ts';

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  Plans?: PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const indexesOf = (nodes: readonly PlanNode[]): string[] => nodes.flatMap((node) => node['Index Name'] ?? []);

const typesOf = (nodes: readonly PlanNode[]): string[] => nodes.map((node) => node['Node Type']);

interface HotRead {
  readonly read: keyof typeof statements;
  /** Arguments, as SQL. */
  readonly values: string;
  readonly index: string;
  /** Read in pages: a page must not cost more the more follows it, so its order must come from the index. */
  readonly paged: boolean;
}

const hotReads: HotRead[] = [
  { read: 'readStream', values: "3, 'flow-s77', 0", index: 'events_partition_stream_id_version_key', paged: false },
  { read: 'readPartition', values: '3, 100, 500', index: 'events_pkey', paged: true },
  { read: 'readTypes', values: "3, 100, 500, '{SceneSynced,Other}'", index: 'events_pkey', paged: true },
  { read: 'readStory', values: "3, 's77', 0, 100", index: 'events_by_story', paged: true },
  { read: 'readCorrelation', values: "3, 'c77'", index: 'events_by_correlation', paged: false },
  { read: 'readAt', values: "3, '{5,7,9}'", index: 'events_pkey', paged: false },
  { read: 'firstParked', values: "'conflict-flow', 3, 's77'", index: 'parked_pkey', paged: true },
  { read: 'requestedRedrives', values: "'conflict-flow'", index: 'parked_to_redrive', paged: false },
];

describe('query plans', () => {
  let database: OpenPgLog;
  let client: Client;
  beforeAll(async () => {
    database = await openPgLog();
    await claimAll(database.log);
    client = new Client({ connectionString: database.url });
    await client.connect();
    // The plan that a connection keeps for a prepared statement.
    await client.query('set plan_cache_mode = force_generic_plan');
  }, 300_000);
  afterAll(async () => {
    await client.end();
    await database.close();
  });

  const planOf = async ({ read, values }: HotRead): Promise<PlanNode[]> => {
    const { name, text } = statements[read];
    await client.query(`prepare ${name} as ${text}`);
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (format json) execute ${name} (${values})`,
    );
    await client.query(`deallocate ${name}`);
    return rows.flatMap((row) => nodesOf(row['QUERY PLAN'][0].Plan));
  };

  it.each(hotReads)('$read uses $index on a log that is still empty', async (hotRead) => {
    const nodes = await planOf(hotRead);
    expect(indexesOf(nodes)).toEqual([hotRead.index]);
    expect(typesOf(nodes)).not.toContain('Seq Scan');
  });

  describe('on 40,000 events', () => {
    beforeAll(async () => {
      await database.pool.query(`
        insert into agon_log.events
        select n % 4, n / 4 + 1, 'flow-s' || n % 400, n / 400 + 1, gen_random_uuid(), 's' || n % 400, 'c' || n / 20,
          'PhaseTransitioned', 1, '{"phase": "rising"}', '{"game": "local", "source": "conflict-flow"}', now()
        from generate_series(0, 39999) as n`);
      await database.pool.query(`
        insert into agon_log.parked
        select 'conflict-flow', n % 4, n / 4 + 1, 's' || n % 400, null, now(), 0, case when n % 100 = 0 then now() end
        from generate_series(400, 9999) as n where n % 400 <> 1`);
      await database.pool.query(`
        insert into agon_log.streams select s % 4, 'flow-s' || s, 100 from generate_series(0, 399) as s`);
      await database.pool.query(`insert into agon_log.log_partitions select p, 10000 from generate_series(0, 3) as p`);
      await database.pool.query('analyze');
    }, 60_000);

    it.each(hotReads)('$read uses $index', async (hotRead) => {
      const nodes = await planOf(hotRead);
      expect(indexesOf(nodes)).toEqual([hotRead.index]);
      expect(typesOf(nodes)).not.toContain('Seq Scan');
      if (hotRead.paged) expect(typesOf(nodes)).not.toContain('Sort');
    });

    it('append scans neither events nor streams nor what is parked', async () => {
      const pool = new Pool({ connectionString: database.url, max: 1 });
      try {
        const log = new PgEventLog(pool);
        const scans = async (): Promise<unknown[]> => {
          await pool.query('select pg_stat_force_next_flush()');
          const { rows } = await pool.query<{ relname: string; seq_scan: string }>(
            `select relname, seq_scan from pg_stat_user_tables where relname in ('events', 'parked', 'streams') order by relname`,
          );
          return rows;
        };
        const before = await scans();
        for (let turn = 0; turn < 20; turn += 1) {
          const streams = ['flow-s1', 'conflict-s1-c1', 'conflict-s1-c2'];
          const expected = new Map<string, 'any' | 'none' | number>([
            ['flow-s1', 100 + turn],
            ['conflict-s1-c1', 'any'],
          ]);
          const events = streams.map((streamId) => newEvent({ streamId }));
          await stored(log, request({ partition: 1, service: 'conflict-flow', handles: turn + 1, expected, events }));
        }
        expect(await scans()).toEqual(before);
      } finally {
        await pool.end();
      }
    });
  });
});
