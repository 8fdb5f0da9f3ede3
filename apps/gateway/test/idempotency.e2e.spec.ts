import { type Answer, judging, partitionOf } from '@agon/contracts';
import {
  type Kind,
  type Reply,
  type Sent,
  CAST,
  CHALLENGE,
  NEGOTIATE,
  POWER_CRISIS,
  RESOLVE,
  SECRET,
  SYNC,
  answerIn,
  eventually,
  problemIn,
  send,
  sendUntilComplete,
  write,
} from '@agon/testing/load';
import { brokenLaws } from './laws.ts';
import { castStory, openConflict } from './prepared-story.ts';
import { START_MS, type System, startSystem, storedFacts } from './system.ts';

let system: System;
let storyId: string;
let keys = 0;

beforeAll(async () => {
  system = await startSystem();
  storyId = await castStory(system.url, 'idempotent');
}, START_MS);
afterAll(() => system?.stop());

const newKey = (): string => `key-${(keys += 1)}`;

/** A fresh conflict of the story. */
async function fresh(): Promise<string> {
  const conflictId = `c-${(keys += 1)}`;
  await openConflict(system.url, storyId, conflictId);
  return conflictId;
}

/** Every write of the API, with a body that is accepted and another one. */
const WRITES: readonly { name: string; kind: Kind | 'stories'; body: object; other: object }[] = [
  { name: 'create a story', kind: 'stories', body: { seed: 'one' }, other: { seed: 'two' } },
  { name: 'register NPCs', kind: 'npcs', body: { npcs: CAST }, other: { npcs: CAST.slice(1) } },
  {
    name: 'create a conflict',
    kind: 'conflicts',
    body: POWER_CRISIS,
    other: { ...POWER_CRISIS, conflictType: 'feud' },
  },
  { name: 'make a choice', kind: 'choices', body: CHALLENGE, other: NEGOTIATE },
  { name: 'tell an event', kind: 'events', body: SECRET, other: { ...SECRET, progressDelta: 0.1 } },
  { name: 'sync a scene', kind: 'sync', body: SYNC, other: { ...SYNC, npcIds: ['11'] } },
  { name: 'resolve', kind: 'resolve', body: RESOLVE, other: { resolution: { type: 'truce' } } },
];

async function requestOf(kind: Kind | 'stories', body: unknown): Promise<Sent> {
  if (kind === 'stories') return { method: 'POST', path: '/v1/stories', key: newKey(), body };
  return write(kind, storyId, await fresh(), body, newKey());
}

/** Events in the log that the input under this key, and what it caused, are. */
async function storedFor({ position, storyId: of }: Answer): Promise<string[]> {
  const [newest] = await system.log.readAt(partitionOf(of), [position]);
  const events = await system.log.readCorrelation(partitionOf(of), newest?.correlationId ?? '');
  return events.map(({ metadata, type }) => `${metadata.source} ${type}`);
}

const bodies = (replies: readonly Reply[]): string[] => [
  ...new Set(replies.map(({ status, text }) => `${status} ${text}`)),
];

describe.each(WRITES)('to $name', ({ kind, body, other }) => {
  it('again has the same status and body, byte for byte, whoever sends it how often at once', async () => {
    // An answer that a busy machine has cut at the deadline may differ in `pending`: another input is tried then.
    for (let attempt = 1; ; attempt += 1) {
      const request = await requestOf(kind, body);
      const first = await send(system.url, request);
      const again = await sendUntilComplete(system.url, request);
      expect(first.status).toBe(kind === 'stories' || kind === 'conflicts' ? 201 : 200);
      const inputs = (await storedFor(answerIn(again))).filter((stored) => stored.startsWith('game '));
      expect(inputs).toHaveLength(1);
      if (answerIn(first).pending.length > 0 && attempt < 5) continue;
      expect(again).toMatchObject({ status: first.status, text: first.text, contentType: first.contentType });
      break;
    }
  });

  it('20 times at once stores it once and answers all alike', async () => {
    for (let attempt = 1; ; attempt += 1) {
      const request = await requestOf(kind, body);
      const replies = await Promise.all(Array.from({ length: 20 }, () => send(system.url, request)));
      const complete = await sendUntilComplete(system.url, request);
      const stored = await storedFor(answerIn(complete));
      expect(stored.filter((event) => event.startsWith('game '))).toHaveLength(1);
      const isCut = replies.some((reply) => reply.status < 300 && answerIn(reply).pending.length > 0);
      if (isCut && attempt < 5) continue;
      expect(bodies(replies)).toEqual(bodies([complete]));
      break;
    }
  });

  it('with another body under the same key is refused, and stores nothing', async () => {
    const request = await requestOf(kind, body);
    const first = await sendUntilComplete(system.url, request);
    const before = await storedFacts(system);
    const reply = await send(system.url, { ...request, body: other });
    expect(problemIn(reply)).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    expect(await storedFacts(system)).toEqual(before);
    expect((await send(system.url, request)).text).toBe(first.text);
  });

  it('without a key is refused, and stores nothing', async () => {
    const request = await requestOf(kind, body);
    const before = await storedFacts(system);
    const problem = problemIn(await send(system.url, { ...request, key: undefined }));
    expect(problem).toMatchObject({ status: 400, code: 'idempotency_key_required' });
    expect(problem.errors?.map(({ field }) => field)).toEqual(['Idempotency-Key']);
    expect(await storedFacts(system)).toEqual(before);
  });
});

describe('a key', () => {
  it('belongs to its story: another story may use it for anything', async () => {
    const other = await castStory(system.url, 'other-story');
    const key = newKey();
    const here = await sendUntilComplete(system.url, write('sync', storyId, '', SYNC, key));
    const there = await sendUntilComplete(system.url, write('sync', other, '', { npcIds: [] }, key));
    expect([here.status, there.status]).toEqual([200, 200]);
    expect(answerIn(there).storyId).toBe(other);
  });

  it('of one route is refused on another route of the story', async () => {
    const conflictId = await fresh();
    const request = write('choices', storyId, conflictId, CHALLENGE, newKey());
    await sendUntilComplete(system.url, request);
    const reused = await send(system.url, write('events', storyId, conflictId, SECRET, request.key ?? ''));
    expect(problemIn(reused)).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  });
});

describe('an answer that was cut at its deadline', () => {
  const { deadlineMs } = judging.PlayerChoiceMade;

  it.each([
    { paused: 'stakeholder-actions', pending: ['stakeholder-actions'], told: true },
    { paused: 'conflict-flow', pending: ['conflict-flow', 'stakeholder-actions'], told: false },
  ])(
    'names $paused; a repeat completes it, and what was pending comes on the feed',
    async ({ paused, pending, told }) => {
      const conflictId = await fresh();
      const request = write('choices', storyId, conflictId, CHALLENGE, newKey());
      const service = system.stack.process(paused);
      service.pause();
      let cut: Reply;
      try {
        cut = await send(system.url, request);
      } finally {
        service.resume();
      }
      expect(cut.status).toBe(200);
      expect(answerIn(cut)).toMatchObject({ pending, conflictId });
      expect(answerIn(cut).flow !== undefined).toBe(told);
      expect(cut.ms).toBeGreaterThanOrEqual(deadlineMs);
      expect(cut.ms).toBeLessThan(deadlineMs + 1000);
      const complete = answerIn(await sendUntilComplete(system.url, request));
      const reactions = complete.items.filter(({ kind }) => kind === 'reaction');
      expect(reactions.length).toBeGreaterThan(0);
      expect(complete.items).toEqual(expect.arrayContaining(answerIn(cut).items));
      await eventually('what was pending comes on the feed', async () => {
        const { entries } = await system.client.feed(storyId, { after: answerIn(cut).position - 1, limit: 1000 });
        const items = new Set(entries.flatMap((entry) => entry.items.map(({ itemId }) => itemId)));
        return reactions.every(({ itemId }) => items.has(itemId));
      });
    },
  );
});

describe('a repeat of what was refused', () => {
  it('by the judge is refused alike, and stored once', async () => {
    const conflictId = await fresh();
    await sendUntilComplete(system.url, write('resolve', storyId, conflictId, RESOLVE, newKey()));
    const request = write('choices', storyId, conflictId, CHALLENGE, newKey());
    const first = await sendUntilComplete(system.url, request);
    expect(problemIn(first)).toMatchObject({ status: 409, code: 'conflict_resolved' });
    const before = await storedFacts(system);
    const replies = await Promise.all(Array.from({ length: 5 }, () => send(system.url, request)));
    expect(bodies(replies)).toEqual(bodies([first]));
    expect(await storedFacts(system)).toEqual(before);
  });

  it('by the gateway is judged anew: nothing was stored under its key', async () => {
    const request = write('sync', storyId, '', { npcIds: ['21'] }, newKey());
    expect(problemIn(await send(system.url, request))).toMatchObject({ status: 422, code: 'unknown_npc' });
    await system.client.registerNpcs(storyId, [{ npcId: '21', name: 'Late' }], { idempotencyKey: newKey() });
    expect((await sendUntilComplete(system.url, request)).status).toBe(200);
  });
});

it('obeys every law after all of this', async () => {
  expect(await brokenLaws(system)).toEqual([]);
});
