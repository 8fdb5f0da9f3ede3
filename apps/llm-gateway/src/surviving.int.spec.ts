import { waitUntil } from '@agon/testing';
import { parseEvent } from '@agon/contracts';
import { publishing, type EventLog } from '@agon/event-store';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { newStory } from '../test/requests.ts';
import { answerOf, ScriptedModel, silence } from '../test/scripted-model.ts';
import { figure, reasonsOf, type Replica, takeIn, World } from '../test/world.ts';
import { streamOf } from './lanes/lane-streams.ts';
import { ModelFailure } from './model/model.ts';

const QUICK = { ackWaitMs: 1_000 };

describe('surviving', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  }, 300_000);
  afterEach(() => world.close());

  const answers = async (storyId: string): Promise<string[]> =>
    (await world.results(storyId))
      .map(parseEvent)
      .flatMap((event) => (event.type === 'RefinementAnswered' ? [event.data.refinementId] : []));
  const lanesEmpty = (): Promise<void> => waitUntil('the lanes are empty', async () => (await world.onLanes()) === 0);
  const answered = (storyId: string, count: number): Promise<void> =>
    waitUntil(`${count} answers`, async () => (await answers(storyId)).length === count, { within: 20_000 });

  it('pays for no second call when the process dies between append and acknowledgement', async () => {
    const { promise: stored, resolve: isStored } = Promise.withResolvers<void>();
    const { promise: dead, resolve: bury } = Promise.withResolvers<void>();
    const log: EventLog = publishing(world.log, { publish: () => undefined, notice: () => undefined });
    const first = await world.start({
      model: new ScriptedModel(),
      lanes: QUICK,
      log: {
        ...log,
        append: async (request) => {
          const outcome = await log.append(request);
          if (request.events.length > 0) {
            isStored();
            await dead;
          }
          return outcome;
        },
      },
      graceMs: 0,
    });
    const storyId = newStory();
    await world.request(first, storyId, { refinementId: 'once' });
    await stored;
    await first.crash();
    expect(await world.onLanes()).toBe(1);
    const model = new ScriptedModel();
    const second = await world.start({ model, lanes: QUICK });
    await lanesEmpty();
    expect(model.asked).toEqual([]);
    expect(await answers(storyId)).toEqual(['once']);
    expect(await figure(second, 'agon_llm_requests_total', { outcome: 'known' })).toBe(1);
    // What is left of the first finds no broker to tell.
    bury();
  });

  it('answers once when the process dies before the append', async () => {
    const first = await world.start({ model: new ScriptedModel(silence), lanes: QUICK, graceMs: 0 });
    const storyId = newStory();
    await world.request(first, storyId, { refinementId: 'twice-asked' });
    await waitUntil('called', async () => (await figure(first, 'agon_llm_in_flight')) === 1);
    await first.crash();
    const model = new ScriptedModel();
    await world.start({ model, lanes: QUICK });
    await answered(storyId, 1);
    await lanesEmpty();
    expect(model.asked).toHaveLength(1);
  });

  it('keeps a message for as long as its call runs', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const model = new ScriptedModel(() => held.then(() => answerOf()));
    const lanes = { ackWaitMs: 300 };
    const first = await world.start({ model, lanes });
    await world.start({ model, lanes });
    const storyId = newStory();
    const asked = await world.request(first, storyId);
    await waitUntil('called', () => model.asked.length > 0);
    // Long enough for the broker to have given up on it four times.
    await waitUntil('long', () => Date.now() > Date.parse(asked.recordedAt) + 1_500);
    release();
    await answered(storyId, 1);
    await lanesEmpty();
    expect(model.asked).toHaveLength(1);
  });

  it('lets a call end that is under way at shutdown', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const first = await world.start({ model: new ScriptedModel(() => held.then(() => answerOf())) });
    const storyId = newStory();
    await world.request(first, storyId);
    await waitUntil('called', async () => (await figure(first, 'agon_llm_in_flight')) === 1);
    const stopped = first.stop();
    release();
    await stopped;
    expect(await answers(storyId)).toHaveLength(1);
    expect(await world.onLanes()).toBe(0);
  });

  it('gives a call that does not end in time to the next process, which answers once', async () => {
    const first = await world.start({ model: new ScriptedModel(silence), graceMs: 50 });
    const storyId = newStory();
    await world.request(first, storyId);
    await waitUntil('called', async () => (await figure(first, 'agon_llm_in_flight')) === 1);
    await first.stop();
    expect(await answers(storyId)).toEqual([]);
    expect(await world.onLanes()).toBe(1);
    const model = new ScriptedModel();
    await world.start({ model });
    // Given back, not waited out: that would take 15 s, and the deadline is at 8.
    await answered(storyId, 1);
    await lanesEmpty();
    expect(model.asked).toHaveLength(1);
  });

  it('declines what a full lane does not take, and lets it take what supersedes', async () => {
    const full = { messages: 2, ageMs: 30_000 };
    const limits = { hot: full, warm: full, bulk: full };
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const model = new ScriptedModel(() => held.then(() => answerOf()));
    const replica = await world.start({ model, concurrency: 1, lanes: { limits } });
    const storyId = newStory();
    await world.request(replica, storyId, { refinementId: 'busy' });
    await waitUntil('the slot is taken', () => model.asked.length === 1);
    await world.request(replica, storyId, { refinementId: 'older', key: 'same' });
    await world.request(replica, storyId, { refinementId: 'too-much' });
    await world.request(replica, storyId, { refinementId: 'newer', key: 'same' });
    await waitUntil('declined', async () => (await world.results(storyId)).length === 1);
    expect(reasonsOf(await world.results(storyId))).toEqual(['overload']);
    release();
    await answered(storyId, 2);
    expect((await answers(storyId)).toSorted()).toEqual(['busy', 'newer']);
  });

  it('declines while the breaker is open, and calls again once it has closed', async () => {
    let healthy = false;
    const model = new ScriptedModel(async () => {
      if (!healthy) throw new ModelFailure('provider_error', 'failure', '500');
      return answerOf();
    });
    const replica = await world.start({ model, breakerResetMs: 300 });
    const storyId = newStory();
    await waitUntil('open', async () => {
      await world.request(replica, storyId);
      return replica.gateway.breaker.state === 'open';
    });
    expect(await figure(replica, 'agon_llm_breaker_state')).toBe(2);
    expect(replica.gateway.modelHealth()).toMatchObject({ state: 'degraded' });
    await lanesEmpty();
    await world.request(replica, storyId);
    await waitUntil('declined unasked', async () => reasonsOf(await world.results(storyId)).includes('breaker_open'));
    healthy = true;
    await waitUntil('answered again', async () => {
      await world.request(replica, storyId);
      return (await answers(storyId)).length > 0;
    });
    expect(replica.gateway.breaker.state).toBe('closed');
    expect(await figure(replica, 'agon_llm_breaker_state')).toBe(0);
  });

  it('puts nothing on a lane while the breaker is open', async () => {
    const model = new ScriptedModel(async () => {
      throw new ModelFailure('provider_error', 'failure', '500');
    });
    const replica = await world.start({ model, breakerResetMs: 60_000 });
    const storyId = newStory();
    await waitUntil('open', async () => {
      await world.request(replica, storyId);
      return replica.gateway.breaker.state === 'open';
    });
    await lanesEmpty();
    const manager = await jetstreamManager(replica.nats);
    const put = async (): Promise<number> => (await manager.streams.info(streamOf('hot'))).state.last_seq;
    const before = await put();
    const later = newStory();
    await world.request(replica, later);
    await waitUntil('declined', async () => reasonsOf(await world.results(later)).includes('breaker_open'));
    expect(await put()).toBe(before);
  });

  it('buries what nobody can read', async () => {
    const replica = await world.start({ model: new ScriptedModel() });
    await jetstream(replica.nats).publish('llm.warm.any.local.key', 'no request');
    await lanesEmpty();
    const manager = await jetstreamManager(replica.nats);
    const letter = await manager.streams.getMessage('DEAD_LETTERS', { last_by_subj: 'dead.llm.warm' });
    expect(letter?.string()).toBe('no request');
    expect(letter?.header.get('Agon-Subject')).toBe('llm.warm.any.local.key');
    expect(letter?.header.get('Agon-Reason')).toMatch(/JSON/);
    expect(await figure(replica, 'agon_llm_requests_total', { outcome: 'dead', lane: 'warm' })).toBe(1);
    expect(replica.logger.errors).toHaveLength(5);
  });

  it('buries a request on which the model breaks its promise', async () => {
    const model = new ScriptedModel(async () => {
      throw new TypeError('not a failure of the model');
    });
    const replica = await world.start({ model });
    const storyId = newStory();
    await world.request(replica, storyId);
    await lanesEmpty();
    expect(model.asked).toHaveLength(5);
    expect(await figure(replica, 'agon_llm_requests_total', { outcome: 'dead', lane: 'hot' })).toBe(1);
    expect(await figure(replica, 'agon_llm_in_flight')).toBe(0);
    expect(replica.gateway.breaker.state).toBe('closed');
  });

  /** Appends as an owner would, and hands it in until the broker is there, as the consumer does. */
  const takenIn = async (replica: Replica, storyId: string): Promise<void> => {
    const stored = await world.request(replica, storyId).catch(() => undefined);
    if (stored !== undefined) return;
    const [last] = (await world.log.readStory(3, storyId, 0, 1_000)).slice(-1);
    if (last === undefined) throw new Error('nothing was stored');
    await waitUntil('taken in', () =>
      takeIn(replica.gateway, last).then(
        () => true,
        () => false,
      ),
    );
  };

  it('says that a broker is away, and goes on when it is back', async () => {
    const replica = await world.start({ model: new ScriptedModel() });
    const storyId = newStory();
    await world.broker.stop();
    await waitUntil('seen', () => replica.gateway.lanesHealth().state === 'degraded');
    await expect(world.request(replica, storyId)).rejects.toMatchObject({ name: 'TransientError' });
    await world.broker.start();
    await takenIn(replica, storyId);
    await answered(storyId, 1);
    await waitUntil('healthy', () => replica.gateway.lanesHealth().state === 'up');
  });

  it('makes its lanes anew when the broker has lost them', async () => {
    const replica = await world.start({ model: new ScriptedModel() });
    const storyId = newStory();
    await world.request(replica, storyId);
    await answered(storyId, 1);
    await world.broker.stop();
    world.broker.wipe();
    await world.broker.start();
    await takenIn(replica, storyId);
    await answered(storyId, 2);
  });

  it('makes a lane anew that was deleted under a connection that held', async () => {
    const replica = await world.start({ model: new ScriptedModel() });
    const manager = await jetstreamManager(replica.nats);
    await manager.streams.delete('LLM_HOT');
    const storyId = newStory();
    await takenIn(replica, storyId);
    await answered(storyId, 1);
  });
});
