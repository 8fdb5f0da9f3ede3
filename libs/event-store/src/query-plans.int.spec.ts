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
  {
    read: 'readStream',
    values: "3, 'flow-s77', 0, null",
    index: 'events_partition_stream_id_version_key',
    paged: true,
  },
  { read: 'readPartition', values: '3, 100, 500', index: 'events_pkey', paged: true },
  { read: 'readStory', values: "3, 's77', 0, 100", index: 'events_by_story', paged: true },
  { read: 'readCorrelation', values: "3, 'c77'", index: 'events_by_correlation', paged: false },
  { read: 'countCorrelation', values: "3, 'c77', 1, 500, 257", index: 'events_by_correlation', paged: true },
  { read: 'readAt', values: "3, '{5,7,9}'", index: 'events_pkey', paged: false },
  { read: 'firstParked', values: "'conflict-flow', 3, 's77'", index: 'parked_pkey', paged: true },
  { read: 'requestedRedrives', values: "'conflict-flow'", index: 'parked_to_redrive', paged: false },
];

/** Statements whose plan says nothing: they call functions, whose own statements are watched below. */
const calls: (keyof typeof statements)[] = [
  'append',
  'appendBatch',
  'claim',
  'register',
  'park',
  'requestRedrive',
  'keepSnapshot',
];
/** Not asked for when something happens, and over few rows: a handful per partition, or what went wrong. */
const seldom: (keyof typeof statements)[] = ['heads', 'marks', 'parked', 'parkedStories'];

/** A million takes longer to load than CI should wait; the plans are the same. */
const EVENTS = process.env['AGON_LONG'] === '1' ? 1_000_000 : 100_000;
const PARTITIONS = 4;
const STORIES = EVENTS / 100;

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

  it('looks at every statement', () => {
    expect([...hotReads.map(({ read }) => read), 'loadStream', 'readSelected', ...calls, ...seldom].toSorted()).toEqual(
      Object.keys(statements).toSorted(),
    );
  });

  it.each(hotReads)('$read uses $index on a log that is still empty', async (hotRead) => {
    const nodes = await planOf(hotRead);
    expect(indexesOf(nodes)).toEqual([hotRead.index]);
    expect(typesOf(nodes)).not.toContain('Seq Scan');
  });

  describe(`on ${EVENTS} events`, () => {
    beforeAll(async () => {
      const load = new Client({ connectionString: database.url });
      await load.connect();
      await load.query(`
        insert into agon_log.events
        select n % ${PARTITIONS}, n / ${PARTITIONS} + 1, 'flow-s' || n % ${STORIES}, n / ${STORIES} + 1,
          gen_random_uuid(), 's' || n % ${STORIES}, 'c' || n / 20, 'PhaseTransitioned', 1, '{"phase": "rising"}',
          '{"game": "local", "source": "conflict-flow"}', now()
        from generate_series(0, ${EVENTS - 1}) as n`);
      await load.query(`
        insert into agon_log.streams
        select s % ${PARTITIONS}, 'flow-s' || s, 100 from generate_series(0, ${STORIES - 1}) as s`);
      await load.query(`
        insert into agon_log.log_partitions
        select p, case when p < ${PARTITIONS} then ${EVENTS / PARTITIONS} else 0 end from generate_series(0, 1023) as p`);
      await load.query(`
        insert into agon_log.handled
        select 'service' || s, p, 0 from generate_series(1, 5) as s, generate_series(0, 1023) as p`);
      await load.query(`
        insert into agon_log.parked (service, partition, position, story_id, error, redrive_requested_at)
        select 'service' || n % 5, n % ${PARTITIONS}, n, 's' || n, 'broken', case when n % 100 = 0 then now() end
        from generate_series(1, 20000) as n`);
      await load.query(`
        insert into agon_log.snapshots
        select s % ${PARTITIONS}, 'flow-s' || s, 'any', 50, '{}' from generate_series(0, ${STORIES - 1}) as s`);
      await load.query('analyze');
      await load.end();
    }, 600_000);

    it.each(hotReads)('$read uses $index', async (hotRead) => {
      const nodes = await planOf(hotRead);
      expect(indexesOf(nodes)).toEqual([hotRead.index]);
      expect(typesOf(nodes)).not.toContain('Seq Scan');
      if (hotRead.paged) expect(typesOf(nodes)).not.toContain('Sort');
    });

    it('loadStream finds snapshot and tail by index, in the order of the versions', async () => {
      const nodes = await planOf({ read: 'loadStream', values: "3, 'flow-s77', 'any', 500", index: '', paged: true });
      expect(indexesOf(nodes).toSorted()).toEqual(['events_partition_stream_id_version_key', 'snapshots_pkey']);
      expect(typesOf(nodes)).not.toContain('Seq Scan');
    });

    it('readSelected finds the head and the events by index, in order', async () => {
      const nodes = await planOf({
        read: 'readSelected',
        values: "3, 100, 500, '{SceneSynced,Other}'",
        index: '',
        paged: true,
      });
      expect(indexesOf(nodes).toSorted()).toEqual(['events_pkey', 'log_partitions_pkey']);
      expect(typesOf(nodes)).not.toContain('Seq Scan');
    });

    // `register` reads the heads of all partitions, once when a service starts.
    it('the functions that run for each event or claim scan no table but those of owners', async () => {
      const pool = new Pool({ connectionString: database.url, max: 1 });
      try {
        const log = new PgEventLog(pool);
        const scans = async (): Promise<unknown[]> => {
          await pool.query('select pg_stat_force_next_flush()');
          const { rows } = await pool.query<{ relname: string; seq_scan: string }>(
            `select relname, seq_scan from pg_stat_user_tables
             where schemaname = 'agon_log' and relname not in ('migrations', 'category_owners', 'services')
             order by relname`,
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
          const handles = 2 * turn + 1;
          await stored(log, request({ partition: 1, service: 'conflict-flow', handles, expected, events }));
          await log.park({ service: 'conflict-flow', partition: 1, position: handles + 1, storyId: 's2', error: 'e' });
          await log.claim('conflict-flow', ['flow']);
          // The first goes alone, the others together.
          await Promise.all(
            [10, 11, 12].map((partition) =>
              stored(log, request({ partition, expected: new Map([['game-s1', turn === 0 ? 'none' : turn]]) })),
            ),
          );
        }
        expect(await scans()).toEqual(before);
      } finally {
        await pool.end();
      }
    });
  });
});
