import { waitUntil } from '@agon/testing';
import { counter, feed } from '../test/examples.ts';
import { startReadModels, type TestReadModels } from '../test/read-models.ts';
import { openLog, type StoredLog } from '../test/stored-log.ts';
import { ProjectionOperator } from './operator.ts';
import { prepareProjections } from './prepare-projections.ts';
import { type AnyProjection, defineProjection } from './projection.ts';
import { ProjectionHost } from './projection-host.ts';
import { readModel } from './read-model.ts';
import { replay } from './replay.ts';

const service = 'thing-keeper';

/** The same version with its fault mended. */
const mended = defineProjection({
  ...counter,
  evolve: (row, { position }) => ({ acts: row.acts + 1, seen: `${row.seen}${position},` }),
});

describe('an operator', () => {
  let store: TestReadModels;
  let stored: StoredLog;
  let operator: ProjectionOperator;
  let isOpen = false;
  let host: ProjectionHost | undefined;

  beforeEach(async () => {
    store = await startReadModels();
    stored = await openLog(store.url);
  });
  afterEach(async () => {
    await host?.stop();
    host = undefined;
    await operator.close();
    isOpen = false;
    await stored.stop();
    await store.stop();
  });

  const start = async (projections: readonly AnyProjection[]): Promise<ProjectionHost> => {
    await host?.stop();
    const set = { service, projections, partitions: 2 };
    await prepareProjections(store.dataSource, set);
    host = new ProjectionHost({ ...set, dataSource: store.dataSource, log: stored.log, batch: 10 });
    await host.start();
    if (!isOpen) operator = await ProjectionOperator.open(store.url);
    isOpen = true;
    return host;
  };
  const act = (story = 'p0_a', type = 'Acted') => stored.say(story, type, { by: 'ann' });
  const rows = async (story: string) => readModel(store.dataSource, service, counter).docs(0, story);
  const folded = async (projection: AnyProjection, story: string) =>
    replay(projection, await stored.log.readStory(0, story, 0, 10_000)).map(({ key, position, doc }) => ({
      key,
      position,
      doc,
    }));
  const outcome = async (id: string): Promise<string | null | undefined> => {
    await waitUntil('the request has ended', async () => (await operator.operation(id))?.ended === true);
    return (await operator.operation(id))?.outcome;
  };
  const parkOne = async (): Promise<ProjectionHost> => {
    const first = await start([counter, feed]);
    for (let n = 0; n < 5; n += 1) await act();
    await act('p0_a', 'Broken');
    const last = await act('p0_b');
    expect(await first.waitFor(0, last, 5000)).toBe(true);
    return first;
  };

  it('sees what is parked, and where; a retry that fails again says so, and leaves the story as it was', async () => {
    await parkOne();
    const before = await rows('p0_a');
    const id = await operator.retry(service, 'act-counter', 'p0_a');
    expect(await outcome(id)).toBe('0 unparked; parked again: p0_a (Broken: no such thing)');
    expect(await rows('p0_a')).toEqual(before);
    expect(await operator.status()).toMatchObject([
      {
        name: 'act-counter',
        state: 'live',
        lag: 0,
        position: 7,
        parked: [{ storyId: 'p0_a', position: 6, error: 'Broken: no such thing', retries: 1 }],
      },
      { name: 'story-feed', state: 'live', lag: 0, parked: [] },
    ]);
  });

  it('has a parked story folded again from its first event, in order, while others and the story itself go on', async () => {
    await parkOne();
    const live = await start([mended, feed]);
    const over = new AbortController();
    const writer = (async (): Promise<number> => {
      let last = 0;
      for (let n = 0; n < 60 || !over.signal.aborted; n += 1) last = await act(n % 2 === 0 ? 'p0_a' : 'p0_b');
      return last;
    })();
    const id = await operator.retry(service, 'act-counter', undefined);
    const said = await outcome(id);
    over.abort();
    expect(said).toBe('1 unparked');
    expect(await live.waitFor(0, await writer, 5000)).toBe(true);
    for (const story of ['p0_a', 'p0_b']) expect(await rows(story)).toEqual(await folded(mended, story));
    expect(live.health()).toEqual({ state: 'up' });
  });

  it('never sees a story go back, even if it is stopped earlier than before', async () => {
    await parkOne();
    const before = await rows('p0_a');
    const worse = defineProjection({
      ...counter,
      evolve: (): { acts: number; seen: string } => {
        throw new Error('nothing goes');
      },
    });
    await start([worse, feed]);
    expect(await outcome(await operator.retry(service, 'act-counter', 'p0_a'))).toContain('nothing goes');
    expect(await rows('p0_a')).toEqual(before);
  });

  it('asks while the service is down; it is taken up when that starts', async () => {
    await parkOne();
    await host?.stop();
    const id = await operator.rebuild(service, 'story-feed');
    expect(await operator.operation(id)).toMatchObject({ taken: false, ended: false, outcome: null });
    await start([mended, feed]);
    expect(await outcome(id)).toBe('live');
    expect(await operator.operation(id)).toMatchObject({ version: 1, generation: 2 });
    const states = (await operator.status()).filter(({ name }) => name === 'story-feed');
    expect(states.map(({ generation, state }) => [generation, state])).toEqual([
      [1, 'retired'],
      [2, 'live'],
    ]);
  });

  it('is told what there is when it asks for what there is not', async () => {
    await parkOne();
    await expect(operator.rebuild('nobody', 'story-feed')).rejects.toThrow('there are thing-keeper');
    await expect(operator.rebuild(service, 'nothing')).rejects.toThrow('there are act-counter, story-feed');
    await expect(operator.retry(service, 'story-feed', undefined)).rejects.toThrow('no story is parked in story-feed');
    await expect(operator.retry(service, 'act-counter', 'p0_x')).rejects.toThrow('parked are p0_a');
  });
});
