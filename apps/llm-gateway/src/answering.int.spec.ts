import { waitUntil } from '@agon/testing';
import { parseEvent } from '@agon/contracts';
import type { AppendRequest } from '@agon/event-store';
import { publishing } from '@agon/event-store';
import { newStory } from '../test/requests.ts';
import { answerOf, ScriptedModel, silence } from '../test/scripted-model.ts';
import { draftsOf, figure, reasonsOf, World } from '../test/world.ts';
import { ModelFailure } from './model/model.ts';

describe('answering', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  }, 300_000);
  afterEach(() => world.stopAll());
  afterAll(() => world.close());

  const hasResults = (storyId: string, count = 1): Promise<void> =>
    waitUntil(`${count} results`, async () => (await world.results(storyId)).length === count);
  const lanesEmpty = (): Promise<void> => waitUntil('the lanes are empty', async () => (await world.onLanes()) === 0);

  it('turns a request into one answer in the log', async () => {
    const model = new ScriptedModel();
    const replica = await world.start({ model });
    const storyId = newStory();
    const request = await world.request(replica, storyId);
    await hasResults(storyId);
    await lanesEmpty();
    const [stored] = await world.results(storyId);
    if (stored === undefined) throw new Error('there is no result');
    const { data } = parseEvent(stored);
    expect(data).toMatchObject({
      refinementId: request.data.refinementId,
      task: 'stakeholder.reaction',
      owner: 'stakeholder-actions',
      output: answerOf().output,
      timing: { firstTokenMs: 4, callMs: 13 },
    });
    const { game, inputSequence, seed, contentPack, traceparent } = request.metadata;
    expect(stored.metadata).toEqual({
      game,
      source: 'llm-gateway',
      causationId: request.eventId,
      inputSequence,
      seed,
      contentPack,
      traceparent,
      depth: 0,
    });
    expect(stored.correlationId).toBe(request.correlationId);
    expect(model.asked).toHaveLength(1);
    expect(await figure(replica, 'agon_llm_requests_total', { outcome: 'answered', lane: 'hot' })).toBe(1);
    expect(await figure(replica, 'agon_llm_in_flight')).toBe(0);
  });

  it('has the answer in the log before the lane forgets the request', async () => {
    const seen: number[] = [];
    const log = publishing(world.log, { publish: () => undefined, notice: () => undefined });
    const replica = await world.start({
      model: new ScriptedModel(),
      log: {
        ...log,
        append: async (request: AppendRequest) => {
          const outcome = await log.append(request);
          if (request.events.some(({ type }) => type === 'RefinementAnswered')) seen.push(await world.onLanes());
          return outcome;
        },
      },
    });
    const storyId = newStory();
    await world.request(replica, storyId);
    await hasResults(storyId);
    await lanesEmpty();
    expect(seen).toEqual([1]);
  });

  it('waits with the acknowledgement while the log is away, and calls no second time', async () => {
    const away = Object.assign(new Error('the log is away'), { code: 'ECONNREFUSED' });
    let failures = 3;
    const log = publishing(world.log, { publish: () => undefined, notice: () => undefined });
    const model = new ScriptedModel();
    const replica = await world.start({
      model,
      log: {
        ...log,
        append: (request) => {
          failures -= 1;
          return failures >= 0 ? Promise.reject(away) : log.append(request);
        },
      },
    });
    const storyId = newStory();
    await world.request(replica, storyId);
    await hasResults(storyId);
    expect(failures).toBeLessThan(0);
    expect(model.asked).toHaveLength(1);
  });

  it('streams drafts of a text, and none where the result is no item’s', async () => {
    const model = new ScriptedModel(async ({ itemId }, { onText }) => {
      if (itemId === null) expect(onText).toBeUndefined();
      for (const text of ['Maren', 'Maren Holt', 'Maren Holt shuts the ledger.']) onText?.(text);
      return answerOf();
    });
    const replica = await world.start({ model });
    const storyId = newStory();
    const drafts = draftsOf(replica, storyId, 'with-item');
    const none = draftsOf(replica, storyId, 'without');
    await replica.nats.flush();
    await world.request(replica, storyId, { refinementId: 'with-item' });
    await world.request(replica, storyId, { refinementId: 'without', itemId: null });
    await hasResults(storyId, 2);
    await replica.nats.flush();
    expect(drafts.map(({ text }) => text)).toEqual(['Maren', 'Maren Holt shuts the ledger.']);
    expect(drafts[0]).toMatchObject({ revision: 1, sequence: 0 });
    expect(none).toEqual([]);
  });

  it('lets a newer request supersede an older one that waits', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const model = new ScriptedModel(async () => held.then(() => answerOf()));
    const replica = await world.start({ model, concurrency: 1 });
    const storyId = newStory();
    await world.request(replica, storyId, { refinementId: 'busy' });
    await waitUntil('the slot is taken', () => model.asked.length === 1);
    await world.request(replica, storyId, { refinementId: 'older', key: 'same' });
    await world.request(replica, storyId, { refinementId: 'newer', key: 'same' });
    release();
    await hasResults(storyId, 2);
    await lanesEmpty();
    expect(model.asked.map(({ refinementId }) => refinementId)).toEqual(['busy', 'newer']);
  });

  it('works on the most urgent lane first', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const model = new ScriptedModel(async () => held.then(() => answerOf()));
    const replica = await world.start({ model, concurrency: 1, laneGraceMs: 300 });
    const storyId = newStory();
    await world.request(replica, storyId, { refinementId: 'busy' });
    await waitUntil('the slot is taken', () => model.asked.length === 1);
    for (const lane of ['bulk', 'warm', 'hot'] as const) {
      for (const n of [1, 2]) await world.request(replica, storyId, { lane, refinementId: `${lane}-${n}` });
    }
    release();
    await hasResults(storyId, 7);
    expect(model.asked.map(({ refinementId }) => refinementId)).toEqual([
      'busy',
      'hot-1',
      'hot-2',
      'warm-1',
      'warm-2',
      'bulk-1',
      'bulk-2',
    ]);
  });

  it('calls no more at once than it may', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    let atOnce = 0;
    let most = 0;
    const model = new ScriptedModel(async () => {
      most = Math.max(most, (atOnce += 1));
      await held;
      atOnce -= 1;
      return answerOf();
    });
    const replica = await world.start({ model, concurrency: 3 });
    const storyId = newStory();
    for (let n = 0; n < 8; n += 1) await world.request(replica, storyId);
    await waitUntil('three are under way', () => atOnce === 3);
    release();
    await hasResults(storyId, 8);
    expect(most).toBe(3);
  });

  it('does not call for a request past its deadline', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const model = new ScriptedModel(async () => held.then(() => answerOf()));
    const replica = await world.start({ model, concurrency: 1 });
    const storyId = newStory();
    await world.request(replica, storyId);
    await waitUntil('the slot is taken', () => model.asked.length === 1);
    const deadline = new Date(Date.now() + 100).toISOString();
    await world.request(replica, storyId, { deadline });
    await waitUntil('it is past', () => Date.now() > Date.parse(deadline));
    release();
    await waitUntil(
      'dropped',
      async () => (await figure(replica, 'agon_llm_requests_total', { outcome: 'expired' })) === 1,
    );
    await lanesEmpty();
    expect(model.asked).toHaveLength(1);
    expect(await world.results(storyId)).toHaveLength(1);
    await world.request(replica, storyId, { deadline });
    expect(await figure(replica, 'agon_llm_requests_total', { outcome: 'expired' })).toBe(2);
    expect(await world.onLanes()).toBe(0);
  });

  it('ends a call at the deadline, and tells nobody but the breaker', async () => {
    const model = new ScriptedModel(silence);
    const replica = await world.start({ model });
    const storyId = newStory();
    await world.request(replica, storyId, { deadline: new Date(Date.now() + 3_000).toISOString() });
    await waitUntil('called', () => model.asked.length === 1);
    await lanesEmpty();
    expect(await figure(replica, 'agon_llm_requests_total', { outcome: 'expired' })).toBe(1);
    expect(await figure(replica, 'agon_llm_calls_total', { outcome: 'timeout' })).toBe(1);
    expect(await world.results(storyId)).toEqual([]);
  });

  it('lays a late call to the model only when it had a fair share of the time', async () => {
    const model = new ScriptedModel(silence);
    const replica = await world.start({ model, concurrency: 16 });
    const storyId = newStory();
    for (let n = 0; n < 12; n += 1) {
      // A hot request has 8 s; these had waited for most of it.
      await world.request(replica, storyId, { key: `${n}`, deadline: new Date(Date.now() + 2_000).toISOString() });
    }
    await waitUntil('all called', () => model.asked.length === 12);
    await lanesEmpty();
    expect(await figure(replica, 'agon_llm_calls_total', { outcome: 'timeout' })).toBe(12);
    expect(replica.gateway.breaker.state).toBe('closed');
  });

  it('declines an answer that its readers could not read', async () => {
    const answer = answerOf();
    const provenance = { ...answer.provenance };
    Reflect.set(provenance, 'responseId', 5);
    const replica = await world.start({ model: new ScriptedModel(async () => ({ ...answer, provenance })) });
    const storyId = newStory();
    await world.request(replica, storyId);
    await hasResults(storyId);
    expect(reasonsOf(await world.results(storyId))).toEqual(['schema_invalid']);
  });

  it('drops an answer that comes after the deadline', async () => {
    // A model that does not look at its signal.
    const model = new ScriptedModel(async ({ deadline }) => {
      await waitUntil('it is past', () => Date.now() > Date.parse(deadline));
      return answerOf();
    });
    const replica = await world.start({ model });
    const storyId = newStory();
    await world.request(replica, storyId, { deadline: new Date(Date.now() + 3_000).toISOString() });
    await waitUntil('called', () => model.asked.length === 1);
    await lanesEmpty();
    expect(await figure(replica, 'agon_llm_requests_total', { outcome: 'late_here' })).toBe(1);
    expect(await world.results(storyId)).toEqual([]);
  });

  it('declines with the reason of a failed call', async () => {
    const model = new ScriptedModel(async () => {
      throw new ModelFailure('refusal', 'neutral', 'it will not');
    });
    const replica = await world.start({ model });
    const storyId = newStory();
    await world.request(replica, storyId);
    await hasResults(storyId);
    await lanesEmpty();
    expect(reasonsOf(await world.results(storyId))).toEqual(['refusal']);
    expect(replica.logger.lines).toContainEqual(expect.objectContaining({ message: 'the model has not answered' }));
  });

  it('holds no slot while refusals are collected', async () => {
    const model = new ScriptedModel(async () => {
      throw new ModelFailure('rate_limited', 'neutral', '429');
    });
    const replica = await world.start({ model, concurrency: 1 });
    const storyId = newStory();
    for (let n = 0; n < 20; n += 1) await world.request(replica, storyId);
    await lanesEmpty();
    const events = await world.results(storyId);
    expect(reasonsOf(events)).toHaveLength(20);
    // One by one they would be twenty.
    expect(events.length).toBeLessThan(10);
  });

  it('declines what the log can not hold instead of paying for it again', async () => {
    const model = new ScriptedModel(async () => answerOf('x'.repeat(600_000)));
    const replica = await world.start({ model });
    const storyId = newStory();
    await world.request(replica, storyId);
    await hasResults(storyId);
    await lanesEmpty();
    expect(reasonsOf(await world.results(storyId))).toEqual(['schema_invalid']);
    expect(model.asked).toHaveLength(1);
  });

  it('declines everything without a model, in one event per story, and leaves the lanes empty', async () => {
    const replica = await world.start({ model: undefined });
    const storyId = newStory();
    for (let n = 0; n < 5; n += 1) await world.request(replica, storyId);
    await hasResults(storyId);
    expect(reasonsOf(await world.results(storyId))).toEqual(Array.from({ length: 5 }, () => 'off'));
    expect(await world.onLanes()).toBe(0);
    expect(replica.gateway.modelHealth()).toEqual({ state: 'up', detail: 'off: no model' });
  });

  it('moves the handled mark behind what it took in', async () => {
    const replica = await world.start({ model: undefined });
    const storyId = newStory();
    await world.request(replica, storyId);
    const last = await world.request(replica, storyId);
    await waitUntil('marked', async () => (await world.log.marks(3)).get('llm-gateway') === last.position);
    const another = await world.request(replica, storyId);
    await replica.stop();
    expect((await world.log.marks(3)).get('llm-gateway')).toBe(another.position);
  });
});
