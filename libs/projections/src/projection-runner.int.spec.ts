import { counter, event, feed } from '../test/examples.ts';
import { GivenLog, startReadModels, type TestReadModels } from '../test/read-models.ts';
import { foldBatch } from './batch.ts';
import { readShown } from './checkpoints.ts';
import { ProjectionsNotPreparedError } from './errors.ts';
import { prepareProjections } from './prepare-projections.ts';
import { type AnyProjection, type Projection } from './projection.ts';
import { ProjectionRunner } from './projection-runner.ts';
import { readModel } from './read-model.ts';
import { replay } from './replay.ts';
import { writeBatch } from './write-batch.ts';

const service = 'thing-keeper';
const projections: AnyProjection[] = [counter, feed];

/** Acts of three people in two stories, something said now and then. */
const history = (length: number) =>
  Array.from({ length }, (_, index) => {
    const position = index + 1;
    const story = position % 3 === 0 ? 'p0_b' : 'p0_a';
    return position % 5 === 0
      ? event(position, 'Said', { text: `line ${position}` }, story)
      : event(position, 'Acted', { by: ['ann', 'bob', 'cid'][position % 4] ?? 'ann' }, story);
  });

const rowsOf = <Row extends object, Event>(projection: Projection<Row, Event>, story: string) =>
  replay(projection, history(100))
    .filter(({ storyId }) => storyId === story)
    .map(({ key, position, doc }) => ({ key, position, doc }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));

/** The rows that the hundred events of the history make, folded in memory. */
const fromZero = () => [rowsOf(counter, 'p0_a'), rowsOf(counter, 'p0_b'), rowsOf(feed, 'p0_a')];

describe('a projection runner', () => {
  let store: TestReadModels;
  let log: GivenLog;
  const runner = (batch = 500, dataSource = store.dataSource) =>
    new ProjectionRunner({ dataSource, log, service, projections, partition: 0, batch });
  const checkpoints = async () => {
    const [shown] = await readShown(store.dataSource, { service, projections, partitions: 1 });
    return shown?.live ?? [];
  };
  const counts = (storyId: string) => readModel(store.dataSource, service, counter).docs(0, storyId);
  const rows = async () => [
    await counts('p0_a'),
    await counts('p0_b'),
    await readModel(store.dataSource, service, feed).docs(0, 'p0_a'),
  ];
  beforeEach(async () => {
    store = await startReadModels();
    log = new GivenLog();
    await prepareProjections(store.dataSource, { service, projections, partitions: 2 });
  });
  afterEach(() => store.stop());

  it('folds the log to what a fold from zero in memory gives', async () => {
    log.add(...history(100));
    expect(await runner().run()).toBe('caught-up');
    expect(await rows()).toEqual(fromZero());
  });

  it('gives the same rows in batches of one, of seven, and with restarts in between', async () => {
    const events = history(100);
    for (const [from, to, batch] of [
      [0, 10, 1],
      [10, 60, 7],
      [60, 100, 500],
    ]) {
      log.add(...events.slice(from, to));
      await runner(batch).run();
    }
    expect(await rows()).toEqual(fromZero());
  });

  it('folds nothing twice when it is run again from zero knowledge', async () => {
    log.add(...history(100));
    await runner().run();
    const before = await rows();
    await runner(3).run();
    expect(await rows()).toEqual(before);
  });

  it('lets racing runners fold every event once', async () => {
    log.add(...history(100));
    const other = await store.connect();
    const race = async (dataSource = store.dataSource): Promise<void> => {
      const racer = runner(3, dataSource);
      while (racer.checkpoint < 100) await racer.step();
    };
    await Promise.all([race(), race(), race(other), race(other)]);
    expect(await rows()).toEqual(fromZero());
  });

  // What holds when two processes both believe that a partition is theirs: both read the checkpoints before either wrote.
  it('checkpoint compare-and-set: a batch on checkpoints that another runner has moved writes nothing', async () => {
    const { dataSource } = store;
    const at = { service, partition: 0 };
    const seen = await checkpoints();
    const first = await foldBatch(dataSource, at, seen, history(10));
    expect(await writeBatch(dataSource, at, first)).toBe(true);
    const before = await rows();
    const late = await foldBatch(dataSource, at, seen, history(10));
    expect(await writeBatch(dataSource, at, late)).toBe(false);
    expect(await rows()).toEqual(before);
  });

  it('checkpoint compare-and-set: when one of several checkpoints has moved, none moves', async () => {
    const { dataSource } = store;
    const at = { service, partition: 0 };
    const seen = await checkpoints();
    await dataSource.query("update agon_read.checkpoints set position = 3 where name = 'story-feed'");
    expect(await writeBatch(dataSource, at, await foldBatch(dataSource, at, seen, history(10)))).toBe(false);
    const positions = await checkpoints();
    expect(positions.map(({ position }) => position)).toEqual([0, 3]);
    expect(await rows()).toEqual([[], [], []]);
  });

  it('checkpoint compare-and-set: a batch that does not know of a parked story writes nothing', async () => {
    const { dataSource } = store;
    const at = { service, partition: 0 };
    const seen = await checkpoints();
    const batch = await foldBatch(dataSource, at, seen, history(10));
    await dataSource.query(
      "insert into agon_read.parked values ('thing-keeper', 'act-counter', 1, 1, 0, 'p0_b', 3, 'parked by hand')",
    );
    expect(await writeBatch(dataSource, at, batch)).toBe(false);
    expect(await rows()).toEqual([[], [], []]);
  });

  it('leaves a partition alone while another runner holds its checkpoints', async () => {
    log.add(...history(10));
    const other = await store.connect();
    await other.transaction(async (manager) => {
      await manager.query('select from agon_read.checkpoints for update');
      expect(await runner().step()).toBe('busy');
    });
    expect(await runner().step()).toBe('caught-up');
  });

  it('parks the story of a poison event in that projection only, and all else goes on', async () => {
    log.add(
      event(1, 'Acted', { by: 'ann' }),
      event(2, 'Broken', { by: 'ann' }),
      event(3, 'Acted', { by: 'ann' }),
      event(4, 'Said', { text: 'still here' }),
      event(5, 'Acted', { by: 'bob' }, 'p0_b'),
    );
    const first = runner();
    expect(await first.run()).toBe('caught-up');
    expect(first.checkpoint).toBe(5);
    expect(first.parkedStories).toBe(1);
    expect(await counts('p0_a')).toEqual([{ key: 'ann', position: 1, doc: { acts: 1, seen: '1,' } }]);
    expect(await counts('p0_b')).toEqual([{ key: 'bob', position: 5, doc: { acts: 1, seen: '5,' } }]);
    expect(await readModel(store.dataSource, service, feed).docs(0, 'p0_a')).toHaveLength(1);

    log.add(event(6, 'Acted', { by: 'ann' }), event(7, 'Said', { text: 'later' }));
    const restarted = runner();
    await restarted.run();
    expect(restarted.parkedStories).toBe(1);
    expect(await counts('p0_a')).toHaveLength(1);
    expect(await readModel(store.dataSource, service, feed).docs(0, 'p0_a')).toHaveLength(2);
    const parked = await store.dataSource.query('select story_id, name, position::int, error from agon_read.parked');
    expect(parked).toEqual([{ story_id: 'p0_a', name: 'act-counter', position: 2, error: 'Broken: no such thing' }]);
  });

  it('starts over when a checkpoint was set back', async () => {
    log.add(...history(100));
    const live = runner();
    await live.run();
    await store.dataSource.query('delete from agon_read.thing_keeper_act_counter_v1');
    await store.dataSource.query("update agon_read.checkpoints set position = 0 where name = 'act-counter'");
    log.add(event(101, 'Unrelated'));
    await live.run();
    expect(await rows()).toEqual(fromZero());
  });

  it('reads a feed in log order from a position on', async () => {
    log.add(...history(100));
    await runner().run();
    const read = readModel(store.dataSource, service, feed);
    expect(await read.feed(0, 'p0_a', 5, 2)).toEqual([
      { key: '10', position: 10, doc: { text: 'line 10' } },
      { key: '20', position: 20, doc: { text: 'line 20' } },
    ]);
    expect(await read.doc(0, 'p0_a', '20')).toEqual({ text: 'line 20' });
    expect(await read.doc(0, 'p0_a', '7')).toBeUndefined();
    expect(await read.docs(1, 'p0_a')).toEqual([]);
  });

  it('is prepared by several processes at once, and says when it was not', async () => {
    const fresh = { service: 'new-comer', projections, partitions: 64 };
    const other = await store.connect();
    const unprepared = new ProjectionRunner({ ...fresh, dataSource: other, log, partition: 0, batch: 5 });
    log.add(...history(3));
    await expect(unprepared.step()).rejects.toThrow(ProjectionsNotPreparedError);
    await Promise.all(
      [store.dataSource, other, store.dataSource, other].map((source) => prepareProjections(source, fresh)),
    );
    expect(await unprepared.step()).toBe('caught-up');
    await expect(prepareProjections(other, { ...fresh, projections: [feed, feed] })).rejects.toThrow('share the table');
  });
});
