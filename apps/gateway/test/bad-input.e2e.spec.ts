import { z } from 'zod';
import { type Sent, RESOLVE, problemIn, send, sendUntilComplete, write } from '@agon/testing/load';
import { BAD_READS, BAD_WRITES, type BadInput, EVERYWHERE } from './bad-inputs.ts';
import { brokenLaws, settled } from './laws.ts';
import { castStory, openConflict } from './prepared-story.ts';
import { START_MS, type System, startSystem, storedFacts } from './system.ts';

const Document = z.object({ openapi: z.string(), paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

let system: System;
let storyId: string;
let keys = 0;

beforeAll(async () => {
  system = await startSystem();
  storyId = await castStory(system.url, 'bad-input');
  await openConflict(system.url, storyId, 'c1');
  await openConflict(system.url, storyId, 'closed');
  await sendUntilComplete(system.url, write('resolve', storyId, 'closed', RESOLVE, 'close'));
  await settled(system);
}, START_MS);
afterAll(() => system?.stop());

/** Sends it and holds the answer against what is expected; the log must not have moved. */
async function refuses({ request, expected }: BadInput): Promise<void> {
  const before = await storedFacts(system);
  const path = request.path.replaceAll('{storyId}', storyId);
  const sent: Sent = { key: `bad-${(keys += 1)}`, ...request, path };
  const reply = await send(system.url, sent);
  const problem = problemIn(reply);
  expect({ status: reply.status, code: problem.code, fields: problem.errors?.map(({ field }) => field) ?? [] }).toEqual(
    {
      status: expected.status,
      code: expected.code,
      fields: expected.fields ?? [],
    },
  );
  for (const { message } of problem.errors ?? []) expect(message.length).toBeGreaterThan(5);
  expect(await storedFacts(system)).toEqual(before);
}

describe('every write', () => {
  it.each(EVERYWHERE)('refuses $name', refuses);
});

describe('each write', () => {
  it.each(BAD_WRITES)('refuses $name', refuses);
});

describe('each read', () => {
  it.each(BAD_READS)('refuses $name', refuses);
});

describe('a choice in a resolved conflict', () => {
  it('is refused by its judge', async () => {
    const choice = { text: 'Too late', choiceType: 'neutral' };
    const reply = await sendUntilComplete(system.url, write('choices', storyId, 'closed', { choice }, 'too-late'));
    expect(problemIn(reply)).toMatchObject({ status: 409, code: 'conflict_resolved' });
  });
});

describe('what the conflict itself refuses', () => {
  it.each([
    { name: 'a second conflict of the same id', kind: 'conflicts', conflict: '', code: 'conflict_exists', status: 409 },
    {
      name: 'a choice that addresses no stakeholder',
      kind: 'choices',
      conflict: 'small',
      code: 'not_a_stakeholder',
      status: 422,
    },
    { name: 'an act of no stakeholder', kind: 'events', conflict: 'small', code: 'not_a_stakeholder', status: 422 },
    { name: 'a second resolution', kind: 'resolve', conflict: 'closed', code: 'conflict_resolved', status: 409 },
  ] as const)('$name is told with $status $code', async ({ kind, conflict, code, status }) => {
    const small = { conflictId: 'small', conflictType: 'feud', context: { participants: ['11'] } };
    await sendUntilComplete(system.url, write('conflicts', storyId, '', small, 'small'));
    const bodies = {
      conflicts: { ...small, conflictId: 'c1' },
      choices: { choice: { text: 'You there', choiceType: 'neutral', targetNpcId: '13' } },
      events: { type: 'StakeholderActed', npcId: '13', actionType: 'observant' },
      resolve: RESOLVE,
    };
    const request = write(kind, storyId, conflict, bodies[kind], `judged-${kind}`);
    const problem = problemIn(await sendUntilComplete(system.url, request));
    expect(problem).toMatchObject({ status, code, instance: request.path });
  });
});

describe('the description of the API', () => {
  it('is served, and each of its routes is there; others are not', async () => {
    const served = await send(system.url, { method: 'GET', path: '/openapi.json' });
    expect(served.status).toBe(200);
    const { openapi, paths } = Document.parse(JSON.parse(served.text));
    expect(openapi).toMatch(/^3\.1/);
    const routes = Object.entries(paths).flatMap(([path, of]) =>
      Object.keys(of).map((method) => [method, path] as const),
    );
    expect(routes).toHaveLength(11);
    for (const [method, template] of routes) {
      const path = template.replace('{storyId}', storyId).replace('{conflictId}', 'c1');
      const ended = new AbortController();
      const response = await fetch(system.url + path, {
        method: method.toUpperCase(),
        headers: { 'content-type': 'application/json', 'idempotency-key': 'described' },
        signal: ended.signal,
        ...(method === 'get' ? {} : { body: '{"unknown":1}' }),
      });
      ended.abort();
      expect([template, response.status]).toEqual([template, method === 'get' ? 200 : 400]);
    }
    for (const path of [
      '/v1/nothing',
      `/v1/stories/${storyId}/nothing`,
      `/v1/stories/${storyId}/conflicts/c1`,
      '/nothing',
    ]) {
      const reply = await send(system.url, { method: 'GET', path });
      expect([path, problemIn(reply)]).toMatchObject([path, { status: 404, code: 'not_found', instance: path }]);
    }
  });
});

it('obeys every law after all of this', async () => {
  expect(await brokenLaws(system)).toEqual([]);
});
