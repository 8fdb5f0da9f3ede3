import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beat, entriesOf } from '../test/stories.ts';
import { AgonClient } from './agon-client.ts';
import { AgonProblem, UnreadableAnswer } from './agon-problem.ts';

const storyId = 'p17_5cJ0aQ2mXv8LrT3k';
const answer = { storyId, position: 7, pending: [], items: [] };

interface Asked {
  url: string;
  method: string | undefined;
  headers: Headers;
  body: unknown;
}

/** A client and what its gateway, which always answers the same, was asked. */
function talk(body: unknown = answer, status = 200, options: { apiKey?: string; baseUrl?: string } = {}) {
  const asked: Asked[] = [];
  const client = new AgonClient({
    baseUrl: 'http://gateway:7600',
    ...options,
    fetch: (url, { method, headers, body: sent }) => {
      asked.push({
        url,
        method,
        headers: new Headers(headers),
        body: typeof sent === 'string' ? JSON.parse(sent) : undefined,
      });
      return Promise.resolve(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }));
    },
  });
  return { client, asked };
}

const choice = { text: 'Speak', choiceType: 'neutral' } as const;
const story = { ...answer, seed: 's', contentPack: 'harbour@1', locale: 'en' };

describe('AgonClient', () => {
  const writes: [string, string, string, unknown, unknown, (client: AgonClient) => Promise<unknown>][] = [
    ['createStory', 'POST', '/v1/stories', { seed: 's' }, story, (c) => c.createStory({ seed: 's' })],
    [
      'registerNpcs',
      'PUT',
      `/v1/stories/${storyId}/npcs`,
      { npcs: [{ npcId: '11', name: 'Maren' }] },
      answer,
      (c) => c.registerNpcs(storyId, [{ npcId: '11', name: 'Maren' }]),
    ],
    [
      'createConflict',
      'POST',
      `/v1/stories/${storyId}/conflicts`,
      { conflictType: 'feud', context: { participants: ['11'] } },
      answer,
      (c) => c.createConflict(storyId, { conflictType: 'feud', context: { participants: ['11'] } }),
    ],
    [
      'makeChoice',
      'POST',
      `/v1/stories/${storyId}/conflicts/c1/choices`,
      { choice },
      answer,
      (c) => c.makeChoice(storyId, 'c1', { choice }),
    ],
    [
      'tellConflictEvent',
      'POST',
      `/v1/stories/${storyId}/conflicts/c1/events`,
      { type: 'ConflictProgressed', progressDelta: 0.5 },
      answer,
      (c) => c.tellConflictEvent(storyId, 'c1', { type: 'ConflictProgressed', progressDelta: 0.5 }),
    ],
    [
      'syncScene',
      'POST',
      `/v1/stories/${storyId}/scenes/sync`,
      { npcIds: ['11'] },
      answer,
      (c) => c.syncScene(storyId, { npcIds: ['11'] }),
    ],
    [
      'resolve',
      'POST',
      `/v1/stories/${storyId}/conflicts/c1/resolve`,
      { resolution: { type: 'truce' } },
      answer,
      (c) => c.resolve(storyId, 'c1', { type: 'truce' }),
    ],
  ];

  it.each(writes)('%s writes where the API says', async (_name, method, path, body, told, call) => {
    const { client, asked } = talk(told);
    expect(await call(client)).toEqual(told);
    expect(asked).toMatchObject([{ method, url: `http://gateway:7600${path}`, body }]);
    expect(asked[0]?.headers.get('content-type')).toBe('application/json');
  });

  it('writes under the key that the caller chose, else under a new one each time', async () => {
    const { client, asked } = talk();
    await client.syncScene(storyId, {}, { idempotencyKey: 'turn-17' });
    await client.syncScene(storyId, {});
    await client.syncScene(storyId, {});
    const keys = asked.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys[0]).toBe('turn-17');
    expect(keys[1]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[2]).not.toBe(keys[1]);
  });

  it('brings its API key, and none when it has none', async () => {
    const [open, closed] = [talk(), talk(answer, 200, { apiKey: 'k'.repeat(16) })];
    await open.client.syncScene(storyId, {});
    await closed.client.syncScene(storyId, {});
    expect(open.asked[0]?.headers.has('authorization')).toBe(false);
    expect(closed.asked[0]?.headers.get('authorization')).toBe(`Bearer ${'k'.repeat(16)}`);
  });

  it('reads the state and the feed after a position', async () => {
    const state = {
      storyId,
      position: 9,
      stale: false,
      missing: [],
      conflicts: [],
      circle: { gossip: [], reputations: {} },
    };
    const reading = talk(state, 200, { baseUrl: 'http://gateway:7600/' });
    expect(await reading.client.state(storyId, { after: 7 })).toEqual(state);
    const paging = talk({ entries: [], next: 7 });
    await paging.client.feed(storyId, { after: 7, limit: 5 });
    expect([...reading.asked, ...paging.asked].map(({ url }) => url)).toEqual([
      `http://gateway:7600/v1/stories/${storyId}/state?after=7`,
      `http://gateway:7600/v1/stories/${storyId}/feed?after=7&limit=5`,
    ]);
  });

  it('asks for all refinements, or for those that stand so', async () => {
    const told = { position: 9, stale: true, missing: ['social-circle'], refinements: [] };
    const { client, asked } = talk(told);
    expect(await client.refinements(storyId, { after: 7, status: 'open' })).toEqual(told);
    await client.refinements(storyId);
    expect(asked.map(({ url }) => url)).toEqual([
      `http://gateway:7600/v1/stories/${storyId}/refinements?after=7&status=open`,
      `http://gateway:7600/v1/stories/${storyId}/refinements?after=0`,
    ]);
  });

  it('streams the entries, and follows them with the drafts', async () => {
    const [entry] = entriesOf([beat('c1')]);
    const draft = { refinementId: 'x', itemId: 'beat-1', revision: 1, sequence: 0, text: 'In' };
    const body =
      `event: RefinementDelta\ndata: ${JSON.stringify(draft)}\n\n` +
      `id: 1\nevent: DramaticBeatOccurred\ndata: ${JSON.stringify(entry)}\n\n`;
    const { client, asked } = talk(body);
    const followed = client.follow(storyId, { after: 0 });
    expect([(await followed.next()).value, (await followed.next()).value]).toEqual([
      { kind: 'draft', draft },
      { kind: 'entry', entry },
    ]);
    await followed.return();
    const streamed = client.stream(storyId);
    expect((await streamed.next()).value).toEqual(entry);
    await streamed.return();
    expect(asked.map(({ headers }) => headers.get('last-event-id'))).toEqual(['0', '0']);
  });

  it('passes over feed entries of types that it does not know', async () => {
    const known = entriesOf([beat('c1')]);
    const { client } = talk({ entries: [...known, { position: 2, type: 'ComesLater', data: {}, items: [] }], next: 2 });
    expect(await client.feed(storyId)).toEqual({ entries: known, next: 2 });
  });

  it('throws what the gateway refused, with its code and fields', async () => {
    const errors = [{ field: 'choice.text', message: 'must not be empty' }];
    const problem = { type: 'about:blank', title: 'Not allowed', status: 400, code: 'invalid_request', errors };
    const refused = talk(problem, 400).client.makeChoice(storyId, 'c1', { choice });
    await expect(refused).rejects.toThrow(AgonProblem);
    await expect(refused).rejects.toMatchObject({ status: 400, code: 'invalid_request', errors, isTransient: false });
    await expect(refused).rejects.toThrow('Not allowed; choice.text must not be empty');
  });

  it('makes a problem of an error that has none', async () => {
    const refused = talk('<html>', 502).client.state(storyId);
    await expect(refused).rejects.toMatchObject({
      name: 'AgonProblem',
      status: 502,
      code: 'http_502',
      isTransient: true,
    });
  });

  it.each(['not json', '{"storyId":"nowhere"}'])('refuses the answer %s', async (body) => {
    await expect(talk(body).client.syncScene(storyId, {})).rejects.toThrow(UnreadableAnswer);
  });

  it('keeps an id inside its place in the path', async () => {
    const { client, asked } = talk();
    await client.makeChoice(storyId, '../../x?y', { choice });
    expect(asked[0]?.url).toBe(`http://gateway:7600/v1/stories/${storyId}/conflicts/..%2F..%2Fx%3Fy/choices`);
  });
});

describe('the sources', () => {
  it('import nothing that a browser lacks', () => {
    const folder = import.meta.dirname;
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
    );
    const imports = sources.flatMap((file) => readFileSync(join(folder, file), 'utf8').match(/from '[^']+'/g) ?? []);
    const foreign = imports.filter((from) => !from.startsWith("from '."));
    expect(new Set(foreign)).toEqual(new Set(["from '@agon/contracts'", "from 'eventsource-parser'", "from 'zod'"]));
  });
});
