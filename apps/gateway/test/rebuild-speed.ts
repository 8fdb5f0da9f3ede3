/**
 * How fast read models are built from the log: `node apps/gateway/test/rebuild-speed.ts [EVENTS] [ROUNDS]`, after a build.
 * The log holds an example of every event, over a thousand stories; each read model is caught up with by the runner, as a
 * service that was away does it, and built anew. ONLY=NAME measures one. One JSON line: events per second, medians.
 */
import { examples } from '@agon/contracts';
import { createPool, migrateEventStore, PgEventLog } from '@agon/event-store';
import { openReadDataSource, prepareProjections, ProjectionHost } from '@agon/projections';
import { createDatabase } from '@agon/testing';
import { readFileSync } from 'node:fs';
import { findReadModels } from './read-models.ts';

const PARTITIONS = 64;
const STORIES = 1_000;
const [events = 100_000, rounds = 3] = process.argv.slice(2).map(Number);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const database = await createDatabase();
await migrateEventStore(database.url);
const pool = createPool(database.url, 'speed');
const log = new PgEventLog(pool);
const types = Object.entries(examples);
const FILL = 5_000;
for (let from = 0; from < events; from += FILL) {
  await pool.query(
    `insert into agon_log.events
     select n % ${PARTITIONS}, n / ${PARTITIONS} + 1, 'game-' || s, n + 1, gen_random_uuid(), s, 'c' || n, t.type, 1,
       t.data, '{"game": "local", "source": "conflict-flow", "depth": 1, "causationId": "0f8fad5b-d9cb-469f-a165-70867728950e", "inputSequence": 12, "contentPack": "harbour@1", "engine": "agon@0.1", "because": ["flow.progress:0.4"]}',
       now()
     from generate_series($1::int, $2::int - 1) n
     cross join lateral (select 'p' || n % ${PARTITIONS} || '_' || n / ${PARTITIONS} % ${Math.ceil(STORIES / PARTITIONS)} as s) s
     join unnest($3::text[], $4::jsonb[]) with ordinality as t (type, data, nth)
       on t.nth = 1 + (n / ${PARTITIONS}) % $5`,
    [
      from,
      Math.min(from + FILL, events),
      types.map(([type]) => type),
      types.map(([, data]) => JSON.stringify(data)),
      types.length,
    ],
  );
}
await pool.query(`insert into agon_log.log_partitions select partition, max(position) from agon_log.events group by 1`);
await pool.query('analyze agon_log.events');

/** CPU time so far, in microseconds, of this process and of the Postgres processes that work for it; Linux only. */
const cpuOf = async (): Promise<{ node: number; postgres: number }> => {
  const { user, system } = process.cpuUsage();
  const { rows } = await pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database()`,
  );
  const ticks = rows.map(({ pid }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return { node: user + system, postgres: ticks.reduce((sum, one) => sum + one, 0) * 10_000 };
};

const figures: Record<string, number> = {};
for (const { service, projection } of await findReadModels()) {
  if (process.env['ONLY'] !== undefined && projection.name !== process.env['ONLY']) continue;
  const catchUp: number[] = [];
  const build: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const dataSource = await openReadDataSource(database.url, service);
    await dataSource.query('drop schema if exists agon_read cascade');
    const set = { service, projections: [projection], partitions: PARTITIONS };
    await prepareProjections(dataSource, set);
    const host = new ProjectionHost({ ...set, dataSource, log });
    const started = performance.now();
    await host.start();
    await host.idle();
    catchUp.push(events / ((performance.now() - started) / 1000));
    const cpu = await cpuOf();
    await dataSource.query('insert into agon_read.operations (kind, service, name) values ($1, $2, $3)', [
      'rebuild',
      service,
      projection.name,
    ]);
    let ended: { seconds: number; outcome: string } | undefined;
    while (ended === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      [ended] = await dataSource.query<{ seconds: number; outcome: string }[]>(
        `select extract(epoch from ended_at - taken_at)::float8 as seconds, outcome from agon_read.operations
         where ended_at is not null`,
      );
    }
    const health = host.health();
    if (ended.outcome !== 'live' || health.state !== 'up') throw new Error(JSON.stringify({ ended, health }));
    const used = await cpuOf();
    process.stderr.write(
      `${projection.name}: ${Math.round(events / ended.seconds)}/s; microseconds of CPU per event: ` +
        `${((used.node - cpu.node) / events).toFixed(1)} here, ${((used.postgres - cpu.postgres) / events).toFixed(1)} Postgres\n`,
    );
    build.push(events / ended.seconds);
    await host.stop();
    await dataSource.destroy();
  }
  const name = `${service}/${projection.name}`;
  figures[`${name} catch-up`] = Math.round(median(catchUp));
  figures[`${name} rebuild`] = Math.round(median(build));
}
await pool.end();
await database.drop();
process.stdout.write(`${JSON.stringify({ events, rounds, figures })}\n`);
process.exit(0);
