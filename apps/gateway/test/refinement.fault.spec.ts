import type { StoredEvent } from '@agon/event-store';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';
import { conserved, openRefinements, outcomesOf, readHistory, storyOf } from '@agon/testing/laws';
import { CHALLENGE, NEGOTIATE, Players, eventually, sendUntilComplete, write } from '@agon/testing/load';
import { brokenLaws, settled } from './laws.ts';
import { SIMULATED, modelCalls, setModel } from './model.ts';
import { playExample } from './play-example.ts';
import { castStory, openConflict } from './prepared-story.ts';
import { START_MS, type System, startSystem } from './system.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({}, SIMULATED);
}, START_MS);
afterAll(() => system?.stop());

const outcomes = async (storyId: string) => outcomesOf(storyOf(await settled(system), storyId));
const openNow = async () => openRefinements(await readHistory(system)).length;

const countOf = (events: readonly StoredEvent[], type: string) => events.filter((event) => event.type === type).length;

/** The breaker's state in the llm-gateway's metrics. */
const OPEN = 2;

async function breakerState(): Promise<number> {
  const response = await fetch(`${system.stack.process('llm-gateway').url}/metrics`);
  return Number(/^agon_llm_breaker_state\b[^\n]* (\d)$/m.exec(await response.text())?.[1]);
}

/** A story with a conflict, whose requests wait for a model that takes its time. */
async function waitingStory(name: string, medianMs: number): Promise<string> {
  await setModel(system, 'healthy', medianMs);
  const before = (await modelCalls(system)).total;
  const storyId = await castStory(system.url, name);
  await openConflict(system.url, storyId, 'c1');
  await eventually('the model is asked', async () => (await modelCalls(system)).total > before);
  return storyId;
}

describe('the llm-gateway is killed while calls are under way', () => {
  it('and a new one asks again: nothing is lost, nothing settled twice', async () => {
    const storyId = await waitingStory('killed', 5_000);
    const gateway = system.stack.process('llm-gateway');
    await gateway.kill9();
    expect(await openNow()).toBeGreaterThan(0);
    await setModel(system, 'healthy');
    await gateway.start();
    const ended = await outcomes(storyId);
    expect(ended['accepted']).toBeGreaterThan(0);
  });

  it('and none comes back: everything expires at its deadline', async () => {
    const gateway = system.stack.process('llm-gateway');
    await gateway.kill9();
    const storyId = await castStory(system.url, 'alone');
    await openConflict(system.url, storyId, 'c1');
    await eventually('nothing is open', async () => (await openNow()) === 0, { timeout: 60_000 });
    // A name, the turns, three profiles, a beat, a whisper.
    expect(outcomesOf(storyOf(await readHistory(system), storyId))).toEqual({ expired: 7 });
    await gateway.start();
  });
});

describe('an owner is killed between request and result', () => {
  it.each(['conflict-flow', 'stakeholder-actions', 'social-circle'])(
    '%s: it judges the result when it is back',
    async (service) => {
      const storyId = await waitingStory(`without-${service}`, 800);
      const owner = system.stack.process(service);
      await owner.kill9();
      const answered = async () =>
        storyOf(await readHistory(system), storyId).filter(
          ({ type, data }) => type === 'RefinementAnswered' && data['owner'] === service,
        ).length;
      await eventually('the model has answered', async () => (await answered()) > 0);
      await setModel(system, 'healthy');
      await owner.start();
      expect((await outcomes(storyId))['accepted']).toBeGreaterThan(0);
    },
  );
});

describe('the provider fails', () => {
  it('the breaker opens within 20 calls, spares the provider, and closes when it is well again', async () => {
    await setModel(system, 'failing');
    const before = (await modelCalls(system)).total;
    const callsUntilNow = async () => (await modelCalls(system)).total - before;
    // What is superseded before a call is not called: it may take more than one story.
    const names = Array.from({ length: 6 }, (_, n) => `failing-${n}`);
    const playing = Promise.all(names.map((name) => playExample(system.url, name, { seed: name })));
    await eventually('the breaker opens', async () => (await breakerState()) === OPEN);
    expect(await callsUntilNow()).toBeLessThanOrEqual(20);
    const storyIds = await playing;
    const failed: Record<string, number> = {};
    for (const storyId of storyIds) {
      for (const [outcome, count] of Object.entries(await outcomes(storyId))) {
        failed[outcome] = (failed[outcome] ?? 0) + count;
      }
    }
    expect(failed['accepted']).toBeUndefined();
    // While it is open, a probe a second is all that the provider is asked.
    expect(failed['failed breaker_open']).toBeGreaterThan(await callsUntilNow());
    await setModel(system, 'healthy');
    await eventually('the breaker closes and answers are accepted', async () => {
      const storyId = await castStory(system.url, `well-${randomUUID()}`);
      await openConflict(system.url, storyId, 'c1');
      return (await outcomes(storyId))['accepted'] === 7;
    });
  });

  it('an outage in the middle of play: those who play notice nothing, and texts get better again after it', async () => {
    const players = new Players(system.urls);
    players.start(3);
    await players.goOn(10);
    const provider = system.stack.process('llm-sim');
    await provider.kill9();
    await players.goOn(20);
    await provider.start();
    await setModel(system, 'healthy');
    await players.goOn(20);
    await players.stop();
    await eventually('answers are accepted', async () => {
      const storyId = await castStory(system.url, `after-${randomUUID()}`);
      await openConflict(system.url, storyId, 'c1');
      return ((await outcomes(storyId))['accepted'] ?? 0) > 0;
    });
  });
});

describe('a newer text of the same kind', () => {
  it('supersedes the older request, whatever the model makes of it', async () => {
    const storyId = await waitingStory('newer', 3_000);
    for (const [n, body] of [CHALLENGE, NEGOTIATE, CHALLENGE].entries()) {
      await sendUntilComplete(system.url, write('choices', storyId, 'c1', body, `newer-${n}`));
    }
    await setModel(system, 'healthy');
    const ended = await outcomes(storyId);
    expect(ended['superseded']).toBeGreaterThan(0);
    expect(ended['open']).toBeUndefined();
  });
});

it('obeys every law after all of this', async () => {
  expect(await brokenLaws(system)).toEqual([]);
});

// After the laws: what these tests put into log and lanes was decided by no process.
describe('messages come twice', () => {
  let storyId: string;
  const settledStory = async () => storyOf(await settled(system), storyId);
  beforeAll(async () => {
    await setModel(system, 'healthy');
    storyId = await castStory(system.url, 'twice');
    await openConflict(system.url, storyId, 'c1');
    await settled(system);
  });

  it('a result: the second one decides nothing', async () => {
    const before = await settledStory();
    const answers = before.filter(({ type }) => type === 'RefinementAnswered');
    expect(answers).toHaveLength(7);
    for (const { partition, correlationId, streamId, type, schemaVersion, data, metadata } of answers) {
      const eventId = randomUUID();
      const outcome = await system.log.append({
        partition,
        service: 'llm-gateway',
        storyId,
        correlationId,
        expected: new Map(),
        events: [{ streamId, eventId, type, schemaVersion, data, metadata }],
      });
      expect(outcome.outcome).toBe('appended');
    }
    // At rest every owner has handled the copies.
    const after = await settledStory();
    expect(countOf(after, 'RefinementAnswered')).toBe(14);
    expect(countOf(after, 'RefinementAccepted')).toBe(countOf(before, 'RefinementAccepted'));
    expect(conserved(await settled(system))).toEqual([]);
  });

  it('a request: what was answered before is answered once', async () => {
    const before = await settledStory();
    const requests = before.filter(({ type }) => type === 'RefinementRequested');
    const nats = await connect({ servers: system.stack.nats.url });
    try {
      const jetstream = await jetstreamManager(nats);
      for (const [n, request] of requests.entries()) {
        await jetstream.jetstream().publish(`llm.warm.again.local.${n}`, JSON.stringify(request));
      }
      await eventually(
        'the lane is empty',
        async () => (await jetstream.streams.info('LLM_WARM')).state.messages === 0,
      );
    } finally {
      await nats.close();
    }
    const after = await settledStory();
    expect(countOf(after, 'RefinementAnswered')).toBe(countOf(before, 'RefinementAnswered'));
    expect(conserved(await settled(system))).toEqual([]);
  });
});
