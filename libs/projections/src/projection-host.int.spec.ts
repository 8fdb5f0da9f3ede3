import { counter, event, feed } from '../test/examples.ts';
import { GivenLog, startReadModels, type TestReadModels } from '../test/read-models.ts';
import { ProjectionsNotPreparedError } from './errors.ts';
import { prepareProjections } from './prepare-projections.ts';
import { ProjectionHost } from './projection-host.ts';
import { readModel } from './read-model.ts';

const set = { service: 'thing-keeper', projections: [counter, feed], partitions: 64 };
const act = (partition: number, position: number) => ({
  ...event(position, 'Acted', {}, `p${partition}_x`),
  partition,
});

describe('a projection host', () => {
  let store: TestReadModels;
  let log: GivenLog;
  let hosts: ProjectionHost[];
  const host = (dataSource = store.dataSource): ProjectionHost => {
    const made = new ProjectionHost({ ...set, dataSource, log, batch: 10 });
    hosts.push(made);
    return made;
  };
  const acts = async (partition: number) =>
    (await readModel(store.dataSource, set.service, counter).doc(partition, `p${partition}_x`, 'nobody'))?.acts;

  beforeEach(async () => {
    store = await startReadModels();
    log = new GivenLog();
    hosts = [];
    await prepareProjections(store.dataSource, set);
  });
  afterEach(async () => {
    for (const each of hosts) await each.stop();
    await store.stop();
  });

  it('catches up with every partition at its start', async () => {
    for (const partition of [0, 7, 63]) for (let n = 1; n <= 25; n += 1) log.add(act(partition, n));
    const started = host();
    await started.warm();
    await started.start();
    await started.idle();
    expect([0, 7, 63].map((partition) => started.position(partition))).toEqual([25, 25, 25]);
    expect(await acts(63)).toBe(25);
    expect(started.lag()).toEqual([]);
    expect(started.health()).toEqual({ state: 'up' });
  });

  it('folds what it is woken for within the time a reader waits', async () => {
    const started = host();
    await started.start();
    const heard: number[][] = [];
    started.onAdvanced((partition, position) => heard.push([partition, position]));
    log.add(act(3, 1));
    started.wake(3);
    expect(await started.waitFor(3, 1, 100)).toBe(true);
    expect(await acts(3)).toBe(1);
    expect(heard).toEqual([[3, 1]]);
    expect(await started.waitFor(3, 2, 10)).toBe(false);
  });

  it('finds by itself what nobody woke it for', async () => {
    const started = host();
    await started.start();
    log.add(act(5, 1));
    expect(started.position(5)).toBe(0);
    const advanced = new Promise((resolve) => started.onAdvanced(resolve));
    await advanced;
    expect(started.position(5)).toBe(1);
  });

  it('shares the work with a replica: each folds what it can, both know how far it is', async () => {
    const one = host();
    const two = host(await store.connect());
    await Promise.all([one.start(), two.start()]);
    for (let n = 1; n <= 200; n += 1) {
      log.add(act(1, n), act(2, n));
      for (const each of [one, two]) for (const partition of [1, 2]) each.wake(partition);
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const waits = [one, two].flatMap((each) => [1, 2].map((partition) => each.waitFor(partition, 200, 5000)));
    expect(await Promise.all(waits)).toEqual([true, true, true, true]);
    expect([await acts(1), await acts(2)]).toEqual([200, 200]);
  });

  it('says that a story is parked, also after a restart', async () => {
    log.add(event(1, 'Broken'));
    const first = host();
    await first.start();
    await first.idle();
    expect(first.health()).toEqual({ state: 'degraded', detail: '1 parked stories' });
    const second = host();
    await second.start();
    expect(second.parkedStories()).toBe(1);
  });

  it('goes on by itself after the database was away', async () => {
    const warnings: string[] = [];
    const started = new ProjectionHost({
      ...set,
      dataSource: store.dataSource,
      log,
      logger: { warn: (_details, message) => void warnings.push(message) },
    });
    hosts.push(started);
    await started.start();
    await store.dataSource.query('alter table agon_read.thing_keeper_act_counter_v1 rename to hidden');
    log.add(act(4, 1));
    started.wake(4);
    await started.idle();
    expect(started.health().state).toBe('degraded');
    await store.dataSource.query('alter table agon_read.hidden rename to thing_keeper_act_counter_v1');
    expect(await started.waitFor(4, 1, 5000)).toBe(true);
    expect(started.health()).toEqual({ state: 'up' });
    expect(warnings).toHaveLength(1);
  });

  it('does not start on projections that were not prepared', async () => {
    const unprepared = new ProjectionHost({ ...set, service: 'stranger', dataSource: store.dataSource, log });
    await expect(unprepared.start()).rejects.toThrow(ProjectionsNotPreparedError);
  });

  it('folds nothing more once stopped', async () => {
    const started = host();
    await started.start();
    await started.stop();
    log.add(act(1, 1));
    started.wake(1);
    expect(await started.waitFor(1, 1, 50)).toBe(false);
    expect(await acts(1)).toBeUndefined();
  });
});
