import { waitUntil } from '@agon/testing';
import type { DataSource } from 'typeorm';
import { counter, feed } from '../test/examples.ts';
import { startReadModels, type TestReadModels } from '../test/read-models.ts';
import { openLog, type StoredLog } from '../test/stored-log.ts';
import { prepareProjections } from './prepare-projections.ts';
import { type AnyProjection, defineProjection } from './projection.ts';
import { ProjectionHost, type ProjectionHostOptions } from './projection-host.ts';
import { ProjectionRunner } from './projection-runner.ts';
import { readModel } from './read-model.ts';
import { replay } from './replay.ts';

const service = 'thing-keeper';
const partitions = 4;
const stories = ['p0_a', 'p0_b', 'p1_c', 'p2_d', 'p3_e'];

/** The same fold under a new version. */
const next = defineProjection({ ...counter, version: 2 });

const says = (host: ProjectionHost, text: string | undefined): Promise<void> =>
  waitUntil(
    `its health says "${text}"`,
    () => (text === undefined ? host.health().detail === text : host.health().detail?.includes(text) === true),
    { saw: () => host.health() },
  );

const byPlace = (a: { storyId: string; key: string }, b: { storyId: string; key: string }): number =>
  `${a.storyId}/${a.key}` < `${b.storyId}/${b.key}` ? -1 : 1;

describe('a rebuild', () => {
  let store: TestReadModels;
  let stored: StoredLog;
  const hosts: ProjectionHost[] = [];

  beforeEach(async () => {
    store = await startReadModels();
    stored = await openLog(store.url);
  });
  afterEach(async () => {
    for (const each of hosts.splice(0)) await each.stop();
    await stored.stop();
    await store.stop();
  });

  const start = async (
    projections: readonly AnyProjection[],
    options: { dataSource?: DataSource; log?: ProjectionHostOptions['log'] } = {},
  ): Promise<ProjectionHost> => {
    const { dataSource = store.dataSource, log = stored.log } = options;
    const set = { service, projections, partitions };
    await prepareProjections(dataSource, set);
    const host = new ProjectionHost({ ...set, dataSource, log, batch: 20 });
    hosts.push(host);
    await host.start();
    return host;
  };
  const stop = async (host: ProjectionHost): Promise<void> => {
    hosts.splice(hosts.indexOf(host), 1);
    await host.stop();
  };
  /** The log, with something that comes before each read of a build. */
  const logWhere = (first: (partition: number) => void | Promise<void>): ProjectionHostOptions['log'] => ({
    readSelected: async (partition, after, limit, types) => {
      // Live projections fold up to 20 at a time; a build reads more.
      if (limit > 20) await first(partition);
      return stored.log.readSelected(partition, after, limit, types);
    },
    readStory: (partition, storyId, after, limit) => stored.log.readStory(partition, storyId, after, limit),
    heads: () => stored.log.heads(),
  });
  const query = <Row>(sql: string): Promise<Row[]> => store.dataSource.query<Row[]>(sql);
  const request = (name: string, version: number | null = null) =>
    store.dataSource.query('insert into agon_read.operations (kind, service, name, version) values ($1, $2, $3, $4)', [
      'rebuild',
      service,
      name,
      version,
    ]);
  const live = async (name: string): Promise<string | undefined> => {
    const [row] = await query<{ at: string }>(
      `select version || '.' || generation as at from agon_read.generations where state = 'live' and name = '${name}'`,
    );
    return row?.at;
  };
  const isLive = (name: string, at: string): Promise<void> =>
    waitUntil(`${name} is live in ${at}`, async () => (await live(name)) === at);
  const contents = async (relation: string): Promise<string> => {
    const [row] = await query<{ all: string }>(
      `select string_agg(t::text, e'\\n' order by partition, story_id, key) as all from agon_read.${relation} t`,
    );
    return row?.all ?? '';
  };
  const act = (story: string, by = 'ann') => stored.say(story, 'Acted', { by });
  const actAll = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n += 1)
      await Promise.all(stories.map((story) => act(story, ['ann', 'bob'][n % 2] ?? 'ann')));
  };
  /** The counter's rows, each with its place, as a fold of the whole log gives them. */
  const expected = async (projection: AnyProjection) => {
    const all = [];
    for (let partition = 0; partition < partitions; partition += 1)
      all.push(...replay(projection, await stored.log.readPartition(partition, 0, 100_000)));
    return all.map(({ storyId, key, position, doc }) => ({ storyId, key, position, doc })).sort(byPlace);
  };
  const shown = async (relation: string) =>
    (
      await query<{ storyId: string; key: string; position: number; doc: object }>(
        `select story_id as "storyId", key, position::float8 as position, doc from agon_read.${relation}`,
      )
    ).sort(byPlace);
  const settled = async (host: ProjectionHost): Promise<void> => {
    const heads = await stored.log.heads();
    for (const [partition, head] of heads) expect(await host.waitFor(partition, head, 5000)).toBe(true);
  };

  it('of the same version takes the place of the live table, byte for byte the same, and keeps the old one until the next', async () => {
    const host = await start([counter, feed]);
    await actAll(30);
    await stored.say('p0_a', 'Said', { text: 'hello' });
    await settled(host);
    await request('act-counter');
    await request('story-feed');
    await isLive('act-counter', '1.2');
    await isLive('story-feed', '1.2');
    expect(await contents('thing_keeper_act_counter')).toBe(await contents('thing_keeper_act_counter_v1'));
    expect(await contents('thing_keeper_story_feed')).toBe(await contents('thing_keeper_story_feed_v1'));
    expect(await contents('thing_keeper_act_counter_v1_g2')).toContain('ann');
    await act('p0_a');
    await settled(host);
    expect(await shown('thing_keeper_act_counter')).toEqual(await expected(counter));
    await request('act-counter');
    await isLive('act-counter', '1.3');
    expect(await query(`select to_regclass('agon_read.thing_keeper_act_counter_v1') as old`)).toEqual([{ old: null }]);
    const outcomes = await query<{ outcome: string }>('select outcome from agon_read.operations');
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['live', 'live', 'live']);
    expect(
      await query(`select indexname from pg_indexes where tablename = 'thing_keeper_story_feed_v1_g2'`),
    ).toHaveLength(2);
  });

  it('goes on under load, through kills, on two hosts, while no reader sees less than before', async () => {
    await actAll(100);
    let first = await start([counter, feed], { dataSource: await store.connect() });
    const second = await start([counter, feed]);
    await settled(first);
    const over = new AbortController();
    const writers = Array.from({ length: 8 }, async (_, n) => {
      while (!over.signal.aborted) await act(stories[n % stories.length] ?? 'p0_a', `writer ${n}`);
    });
    const reader = async (host: ProjectionHost): Promise<number> => {
      const model = readModel(store.dataSource, service, counter);
      let reads = 0;
      const seen = new Map<string, number>();
      while (!over.signal.aborted) {
        for (const story of stories) {
          const partition = Number(story[1]);
          const told = host.position(partition);
          const docs = await model.docs(partition, story);
          const acts = docs.reduce((sum, { doc }) => sum + doc.acts, 0);
          const newest = Math.max(...docs.map(({ position }) => position));
          if (acts < (seen.get(story) ?? 100)) throw new Error(`${story} went back to ${acts} acts`);
          seen.set(story, acts);
          const events = await stored.log.readStory(partition, story, newest, 1);
          const missed = events.at(0)?.position ?? Infinity;
          if (missed <= told) throw new Error(`told ${told} of ${story} and read ${newest}`);
          reads += 1;
        }
      }
      return reads;
    };
    const readers = [reader(second), reader(second)];
    const work = Promise.all([...writers, ...readers]).finally(() => {
      over.abort();
    });
    for (const generation of ['1.2', '1.3']) {
      await request('act-counter');
      await waitUntil('it is built', async () => {
        const [building] = await query(`select from agon_read.generations where state = 'building'`);
        return building !== undefined || (await live('act-counter')) === generation;
      });
      await stop(first);
      first = await start([counter, feed], { dataSource: await store.connect() });
      await isLive('act-counter', generation);
    }
    over.abort();
    await work;
    for (const reads of await Promise.all(readers)) expect(reads).toBeGreaterThan(10);
    await settled(first);
    await settled(second);
    expect(await shown('thing_keeper_act_counter')).toEqual(await expected(counter));
    expect(second.health()).toEqual({ state: 'up' });
  });

  it('goes on where it stopped', async () => {
    await actAll(30);
    const host = await start([counter]);
    await settled(host);
    await stop(host);
    const failing = logWhere((partition) => {
      if (partition > 1) throw new Error('the log is away');
    });
    // What is near is folded by the swap: this must be further.
    await actAll(300);
    await request('act-counter');
    const half = await start([counter], { log: failing });
    await says(half, 'the log is away');
    await stop(half);
    const [stood] = await query<{ positions: number[] }>(
      `select array_agg(position::int order by partition) as positions from agon_read.checkpoints where generation = 2`,
    );
    expect(stood?.positions).toEqual([660, 330, 0, 0]);
    const whole = await start([counter]);
    await isLive('act-counter', '1.2');
    await settled(whole);
    expect(await shown('thing_keeper_act_counter')).toEqual(await expected(counter));
  });

  it('of a new version holds nobody back, and an old process says that it is', async () => {
    const old = await start([counter, feed]);
    await actAll(20);
    await settled(old);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    await actAll(300);
    await settled(old);
    const renewed = await start([next, feed], { dataSource: await store.connect(), log: logWhere(() => held) });
    await stored.say('p0_a', 'Said', { text: 'while it builds' });
    await act('p0_a');
    await settled(old);
    await settled(renewed);
    expect(await live('act-counter')).toBe('1.1');
    expect((await shown('thing_keeper_act_counter')).length).toBeGreaterThan(0);
    expect(await readModel(store.dataSource, service, feed).docs(0, 'p0_a')).toHaveLength(1);
    expect(renewed.generations()).toMatchObject([
      { name: 'act-counter', version: 1, state: 'live' },
      { name: 'act-counter', version: 2, state: 'building' },
      { name: 'story-feed', state: 'live' },
    ]);
    release();
    await isLive('act-counter', '2.1');
    await act('p1_c');
    await settled(renewed);
    await settled(old);
    expect(await shown('thing_keeper_act_counter')).toEqual(await expected(next));
    await says(old, 'version 2 of act-counter is live, which this process does not fold');
    // It starts again, and leaves what is live alone.
    await stop(old);
    const again = await start([counter, feed]);
    await act('p2_d');
    await settled(renewed);
    await settled(again);
    expect(await live('act-counter')).toBe('2.1');
    // Unless it is told to.
    await stop(renewed);
    await request('act-counter', 1);
    await isLive('act-counter', '1.2');
    await settled(again);
    expect(await shown('thing_keeper_act_counter')).toEqual(await expected(counter));
    await says(again, undefined);
  });

  it('is noticed with the next write by whoever folds the old table', async () => {
    const host = await start([counter]);
    await actAll(2);
    await settled(host);
    const { dataSource } = store;
    const late = { service, projections: [counter], dataSource, log: stored.log, partition: 0, batch: 20 };
    const runner = new ProjectionRunner(late);
    await runner.run();
    await request('act-counter');
    await isLive('act-counter', '1.2');
    await stop(host);
    await act('p0_a');
    const before = await contents('thing_keeper_act_counter_v1');
    await runner.step();
    await runner.step();
    expect(await contents('thing_keeper_act_counter_v1')).toBe(before);
    expect(await shown('thing_keeper_act_counter')).toEqual(await expected(counter));
  });

  it('of a version that folds what the old one could not swaps in without the parked story', async () => {
    const old = await start([counter]);
    await actAll(2);
    await stored.say('p0_a', 'Broken', {});
    await act('p0_a');
    await settled(old);
    expect(old.health().detail).toBe('1 parked stories');
    await stop(old);
    const mended = defineProjection({ ...next, evolve: (row) => ({ ...row, acts: row.acts + 1 }) });
    const host = await start([mended]);
    await isLive('act-counter', '2.1');
    await settled(host);
    expect(await shown('thing_keeper_act_counter')).toEqual(await expected(mended));
    expect(await query('select from agon_read.parked')).toEqual([]);
    await says(host, undefined);
  });

  it('of the same version that parks a story that the live one folds is not swapped in', async () => {
    const host = await start([counter]);
    await actAll(2);
    await settled(host);
    await stop(host);
    const broken = defineProjection({
      ...counter,
      evolve: (row, event) => {
        if (event.storyId === 'p1_c') throw new Error('not that one');
        return counter.evolve(row, event);
      },
    });
    await request('act-counter');
    const worse = await start([broken]);
    await says(worse, 'it has parked 1 stories');
    expect(await live('act-counter')).toBe('1.1');
    await stop(worse);
    const right = await start([counter]);
    await store.dataSource.query(
      `insert into agon_read.operations (kind, service, name) values ('retry', '${service}', 'act-counter')`,
    );
    await isLive('act-counter', '1.2');
    await settled(right);
    expect(await shown('thing_keeper_act_counter')).toEqual(await expected(counter));
  });

  it('shows a new projection of a service that has folded before from its first row, and waits with it', async () => {
    const host = await start([feed]);
    await actAll(300);
    await stored.say('p3_e', 'Said', { text: 'x' });
    await settled(host);
    await stop(host);
    const both = await start([feed, counter]);
    await settled(both);
    expect(await shown('thing_keeper_act_counter')).toEqual(await expected(counter));
    await isLive('act-counter', '1.1');
    await act('p0_a');
    await settled(both);
    expect(await shown('thing_keeper_act_counter')).toEqual(await expected(counter));
  });
});
