import { type Sent, ACT, CAST, CHALLENGE, POWER_CRISIS, RESOLVE, SECRET, SYNC } from '@agon/testing/load';

/** A request that must be refused; `{storyId}` stands for a story with the example's cast and its conflict c1. */
export interface BadInput {
  readonly name: string;
  readonly request: Sent;
  /** `fields` is exactly what the problem names. */
  readonly expected: { readonly status: number; readonly code: string; readonly fields?: readonly string[] };
}

const NOBODY = 'p3_0123456789abcdef';

interface WriteRoute {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: object;
}

const STORIES: WriteRoute = { method: 'POST', path: '/v1/stories', body: { seed: 'seed' } };
const NPCS: WriteRoute = { method: 'PUT', path: '/v1/stories/{storyId}/npcs', body: { npcs: CAST } };
const CONFLICTS: WriteRoute = { method: 'POST', path: '/v1/stories/{storyId}/conflicts', body: POWER_CRISIS };
const CHOICES: WriteRoute = { method: 'POST', path: '/v1/stories/{storyId}/conflicts/c1/choices', body: CHALLENGE };
const EVENTS: WriteRoute = { method: 'POST', path: '/v1/stories/{storyId}/conflicts/c1/events', body: SECRET };
const RESOLVES: WriteRoute = { method: 'POST', path: '/v1/stories/{storyId}/conflicts/c1/resolve', body: RESOLVE };
const SYNCS: WriteRoute = { method: 'POST', path: '/v1/stories/{storyId}/scenes/sync', body: SYNC };
const WRITES = [STORIES, NPCS, CONFLICTS, CHOICES, EVENTS, RESOLVES, SYNCS];
const READS = ['state', 'feed', 'stream'].map((name) => `/v1/stories/{storyId}/${name}`);

const invalid = (...fields: string[]) => ({ status: 400, code: 'invalid_request', fields });
const malformed = { status: 400, code: 'malformed_request' };
const unsupported = { status: 415, code: 'unsupported_media_type' };
const tooLarge = { status: 413, code: 'payload_too_large' };
const notFound = { status: 404, code: 'not_found' };
const noStory = { status: 404, code: 'story_not_found' };
const unknownNpc = (...fields: string[]) => ({ status: 422, code: 'unknown_npc', fields });

const shortOf = ({ method, path }: Pick<Sent, 'method' | 'path'>): string =>
  `${method} ${path.replace('/v1/stories', '').replace('/{storyId}', '') || '/'}`;

const everywhere = (
  what: string,
  change: (route: WriteRoute) => Partial<Sent>,
  expected: BadInput['expected'],
  routes = WRITES,
): BadInput[] =>
  routes.map((route) => ({ name: `${shortOf(route)}: ${what}`, request: { ...route, ...change(route) }, expected }));

const inStory = WRITES.filter((route) => route !== STORIES);
const inConflict = [CHOICES, EVENTS, RESOLVES];
const keyed = (key: string) => () => ({ key });

/** What every write refuses, whatever it is about. */
export const EVERYWHERE: readonly BadInput[] = [
  ...everywhere('JSON that ends early', () => ({ body: '{"seed":' }), malformed),
  ...everywhere('a body that is no JSON', () => ({ body: 'seed=1' }), malformed),
  ...everywhere('no body', () => ({ body: undefined }), unsupported),
  ...everywhere('a body that is a list', () => ({ body: [] }), invalid('body')),
  ...everywhere('a body that is a text', () => ({ body: '"text"' }), malformed),
  ...everywhere('another content type', () => ({ headers: { 'content-type': 'text/plain' } }), unsupported),
  ...everywhere('a form', () => ({ headers: { 'content-type': 'application/x-www-form-urlencoded' } }), unsupported),
  ...everywhere(
    'an unknown charset',
    () => ({ headers: { 'content-type': 'application/json; charset=x' } }),
    unsupported,
  ),
  ...everywhere('an unknown encoding', () => ({ headers: { 'content-encoding': 'x' } }), unsupported),
  ...everywhere('an unknown field', ({ body }) => ({ body: { ...body, extra: 1 } }), invalid('extra')),
  ...everywhere(
    'a body that is too large',
    ({ body }) => ({ body: { ...body, extra: 'x'.repeat(2_000_000) } }),
    tooLarge,
  ),
  ...everywhere('an empty key', keyed(''), invalid('Idempotency-Key')),
  ...everywhere('a key with a space', keyed('a b'), invalid('Idempotency-Key')),
  ...everywhere('a key that is too long', keyed('k'.repeat(129)), invalid('Idempotency-Key')),
  ...everywhere('DELETE', () => ({ method: 'DELETE' }), notFound),
  ...everywhere('PATCH', () => ({ method: 'PATCH' }), notFound),
  ...everywhere('GET', () => ({ method: 'GET', body: undefined }), notFound),
  ...everywhere(
    'a story that nobody created',
    ({ path }) => ({ path: path.replace('{storyId}', NOBODY) }),
    noStory,
    inStory,
  ),
  ...everywhere(
    'a partition that is not there',
    ({ path }) => ({ path: path.replace('{storyId}', `p9999_${'0'.repeat(16)}`) }),
    noStory,
    inStory,
  ),
  ...everywhere(
    'an id of no story',
    ({ path }) => ({ path: path.replace('{storyId}', 'my-story') }),
    invalid('storyId'),
    inStory,
  ),
  ...everywhere(
    'an id with a zero byte',
    ({ path }) => ({ path: path.replace('{storyId}', 'p1_%00') }),
    invalid('storyId'),
    inStory,
  ),
  ...everywhere(
    'a path that is badly encoded',
    ({ path }) => ({ path: path.replace('{storyId}', '%E0%A4%A') }),
    malformed,
    inStory,
  ),
  ...everywhere(
    'a conflict that nobody began',
    ({ path }) => ({ path: path.replace('c1', 'c99') }),
    { status: 404, code: 'conflict_not_found' },
    inConflict,
  ),
  ...everywhere(
    'a conflict named as what objects inherit',
    ({ path }) => ({ path: path.replace('c1', 'constructor') }),
    { status: 404, code: 'conflict_not_found' },
    inConflict,
  ),
  ...everywhere(
    'an id of no conflict',
    ({ path }) => ({ path: path.replace('c1', 'c%20one') }),
    invalid('conflictId'),
    inConflict,
  ),
  ...everywhere(
    'an id of a conflict that is too long',
    ({ path }) => ({ path: path.replace('c1', 'c'.repeat(65)) }),
    invalid('conflictId'),
    inConflict,
  ),
];

const bad = (route: WriteRoute, what: string, body: unknown, expected: BadInput['expected']): BadInput => ({
  name: `${shortOf(route)}: ${what}`,
  request: { ...route, body },
  expected,
});

const story = (what: string, change: object, ...fields: string[]) =>
  bad(STORIES, what, { ...STORIES.body, ...change }, invalid(...fields));
const npc = (what: string, change: object, ...fields: string[]) =>
  bad(NPCS, what, { npcs: [{ ...CAST[0], ...change }] }, invalid(...fields.map((field) => `npcs[0].${field}`)));
const conflict = (what: string, change: object, ...fields: string[]) =>
  bad(CONFLICTS, what, { ...POWER_CRISIS, ...change }, invalid(...fields));
const context = (what: string, change: object, ...fields: string[]) =>
  conflict(what, { context: { ...POWER_CRISIS.context, ...change } }, ...fields.map((field) => `context.${field}`));
const choice = (what: string, change: object, ...fields: string[]) =>
  bad(
    CHOICES,
    what,
    { choice: { ...CHALLENGE.choice, ...change } },
    invalid(...fields.map((field) => `choice.${field}`)),
  );
const progress = (what: string, change: object, ...fields: string[]) =>
  bad(EVENTS, what, { ...SECRET, ...change }, invalid(...fields));
const act = (what: string, change: object, ...fields: string[]) =>
  bad(EVENTS, what, { ...ACT, ...change }, invalid(...fields));
const resolve = (what: string, change: object, ...fields: string[]) =>
  bad(
    RESOLVES,
    what,
    { resolution: { ...RESOLVE.resolution, ...change } },
    invalid(...fields.map((field) => `resolution${field}`)),
  );
const sync = (what: string, change: object, ...fields: string[]) =>
  bad(SYNCS, what, { ...SYNC, ...change }, invalid(...fields));

const participants = (ids: readonly unknown[]) => ({ ...POWER_CRISIS, context: { participants: ids } });
const addressing = (id: string) => ({ choice: { ...CHALLENGE.choice, targetNpcId: id } });

/** What single writes refuse. */
export const BAD_WRITES: readonly BadInput[] = [
  story('no seed', { seed: undefined }, 'seed'),
  story('an empty seed', { seed: '' }, 'seed'),
  story('a seed that is too long', { seed: 's'.repeat(129) }, 'seed'),
  story('a seed that is a number', { seed: 7 }, 'seed'),
  story('a seed with a zero character', { seed: 'a\0b' }, 'seed'),
  story('a seed with half a character', { seed: 'a\ud800' }, 'seed'),
  story('a locale that is none', { locale: 'english' }, 'locale'),
  bad(
    STORIES,
    'a content pack that is not installed',
    { seed: 's', contentPack: 'desert@1' },
    { status: 422, code: 'unknown_content_pack', fields: ['contentPack'] },
  ),
  bad(NPCS, 'no NPCs', { npcs: [] }, invalid('npcs')),
  bad(
    NPCS,
    'too many NPCs',
    { npcs: Array.from({ length: 201 }, (_, n) => ({ npcId: `n${n}`, name: 'N' })) },
    invalid('npcs'),
  ),
  bad(NPCS, 'an NPC twice', { npcs: [CAST[0], CAST[1], CAST[0]] }, invalid('npcs[2].npcId')),
  npc('an id with a space', { npcId: 'a b' }, 'npcId'),
  npc('an id that is a number', { npcId: 11 }, 'npcId'),
  npc('an id that is too long', { npcId: 'n'.repeat(65) }, 'npcId'),
  npc('a name of blanks', { name: '  ' }, 'name'),
  npc('a name with a zero character', { name: 'Ma\0ren' }, 'name'),
  npc('unknown pronouns', { pronouns: 'we' }, 'pronouns'),
  npc('a trait that is empty', { traits: ['proud', ''] }, 'traits[1]'),
  npc(
    'a relation that is too strong',
    { relations: [{ npcId: '12', kind: 'rival', strength: -1.5 }] },
    'relations[0].strength',
  ),
  npc('an unknown field', { age: 40 }, 'age'),
  bad(
    NPCS,
    'a relation with nobody',
    { npcs: [{ npcId: '11', name: 'M', relations: [{ npcId: '99', kind: 'x' }] }] },
    unknownNpc('npcs[0].relations[0].npcId'),
  ),
  conflict('a type in capitals', { conflictType: 'Power Crisis' }, 'conflictType'),
  conflict('no type', { conflictType: undefined }, 'conflictType'),
  conflict('an id with a slash', { conflictId: 'a/b' }, 'conflictId'),
  conflict('no context', { context: undefined }, 'context'),
  context('no participants', { participants: [] }, 'participants'),
  context('six participants', { participants: ['11', '12', '13', '14', '15', '16'] }, 'participants'),
  context('a participant twice', { participants: ['11', '12', '11'] }, 'participants'),
  context('an id that is none', { participants: ['11', 'no body'] }, 'participants[1]'),
  context('an intensity past 1', { intensityLevel: 1.01 }, 'intensityLevel'),
  context('a location with half a character', { location: 'Hall \udc00' }, 'location'),
  context('a stake that is an object', { stakes: [{}] }, 'stakes[0]'),
  context('an unknown field', { weather: 'rain' }, 'weather'),
  bad(CONFLICTS, 'an NPC that nobody registered', participants(['11', '99']), unknownNpc('context.participants[1]')),
  bad(
    CONFLICTS,
    'NPCs named as what objects inherit',
    participants(['constructor', 'toString']),
    unknownNpc('context.participants[0]', 'context.participants[1]'),
  ),
  bad(CHOICES, 'no choice', {}, invalid('choice')),
  choice('an empty text', { text: ' ' }, 'text'),
  choice('a text that is too long', { text: 'x'.repeat(501) }, 'text'),
  choice('a text with a zero character', { text: 'Challenge\0' }, 'text'),
  choice('a text with half a character', { text: 'Challenge \ud83d' }, 'text'),
  choice('an unknown kind', { choiceType: 'explode' }, 'choiceType'),
  choice('an unknown stance', { stance: 'fight' }, 'stance'),
  choice('both to escalate and not to', { impact: { escalate: true, deEscalate: true } }, 'impact'),
  choice('an impact that is a text', { impact: { escalate: 'yes' } }, 'impact.escalate'),
  choice('an unknown field', { mood: 'grim' }, 'mood'),
  choice('too many tags', { tags: Array.from({ length: 17 }, () => 'tag') }, 'tags'),
  choice('an id of nobody', { targetNpcId: '' }, 'targetNpcId'),
  bad(CHOICES, 'a turn with a blank', { ...CHALLENGE, turnId: 't 1' }, invalid('turnId')),
  bad(CHOICES, 'an NPC that nobody registered', addressing('99'), unknownNpc('choice.targetNpcId')),
  bad(CHOICES, 'an NPC named as what objects inherit', addressing('hasOwnProperty'), unknownNpc('choice.targetNpcId')),
  bad(EVENTS, 'an event of no kind', { progressDelta: 0.1 }, invalid('type')),
  bad(EVENTS, 'an event of an unknown kind', { type: 'ConflictCreated', name: 'x' }, invalid('type')),
  bad(EVENTS, 'progress that moves nothing', { type: 'ConflictProgressed' }, invalid('body')),
  progress('a step that is too large', { progressDelta: 1.5 }, 'progressDelta'),
  progress('a step that is no number', { momentumDelta: '0.1' }, 'momentumDelta'),
  bad(
    EVENTS,
    'a step past all numbers',
    '{"type":"ConflictProgressed","progressDelta":1e999}',
    invalid('progressDelta'),
  ),
  progress('a reason that is too long', { reason: 'x'.repeat(201) }, 'reason'),
  act('an unknown action', { actionType: 'dance' }, 'actionType'),
  act('a probability past 1', { successProbability: 2 }, 'successProbability'),
  act('an unknown social act', { socialAct: 'hug' }, 'socialAct'),
  bad(EVENTS, 'an act of nobody', { ...ACT, npcId: '99' }, unknownNpc('npcId')),
  bad(EVENTS, 'an act on nobody', { ...ACT, targetNpcId: '99' }, unknownNpc('targetNpcId')),
  bad(RESOLVES, 'no resolution', {}, invalid('resolution')),
  resolve('a type in capitals', { type: 'A Truce' }, '.type'),
  resolve('somebody who both wins and loses', { winners: ['11'], losers: ['11'] }, ''),
  resolve('an id that is none', { winners: ['!'] }, '.winners[0]'),
  bad(
    RESOLVES,
    'winners and losers that nobody registered',
    { resolution: { type: 'truce', winners: ['98'], losers: ['99'] } },
    unknownNpc('resolution.winners[0]', 'resolution.losers[0]'),
  ),
  sync('too many NPCs', { npcIds: Array.from({ length: 33 }, (_, n) => `n${n}`) }, 'npcIds'),
  sync('NPCs that are no list', { npcIds: '11' }, 'npcIds'),
  sync('a topic that is empty', { topics: [''] }, 'topics[0]'),
  sync('an activity with a zero character', { activity: 'coun\0cil' }, 'activity'),
  bad(SYNCS, 'an NPC that nobody registered', { npcIds: ['11', '99'] }, unknownNpc('npcIds[1]')),
  bad(
    SYNCS,
    'a conflict that nobody began',
    { conflictIds: ['c1', 'c99'] },
    { status: 422, code: 'unknown_conflict', fields: ['conflictIds[1]'] },
  ),
];

const read = (
  what: string,
  path: string,
  expected: BadInput['expected'],
  headers?: Record<string, string>,
): BadInput => ({
  name: `${shortOf({ method: 'GET', path })}: ${what}`,
  request: { method: 'GET', path, headers },
  expected,
});

/** What the reads refuse. */
export const BAD_READS: readonly BadInput[] = [
  ...READS.flatMap((path) => [
    read('a story that nobody created', path.replace('{storyId}', NOBODY), noStory),
    read('an id of no story', path.replace('{storyId}', 'my-story'), invalid('storyId')),
    read('a path that is badly encoded', path.replace('{storyId}', '%E0%A4%A'), malformed),
    ...['-1', '1.5', 'x', '1e300', 'NaN', '-', '%00'].map((after) =>
      read(`after ${after}`, `${path}?after=${after}`, invalid('after')),
    ),
    read('after, twice', `${path}?after=1&after=2`, invalid('after')),
  ]),
  ...['0', '-5', '1001', 'x', '2.5'].map((limit) =>
    read(`a limit of ${limit}`, `/v1/stories/{storyId}/feed?limit=${limit}`, invalid('limit')),
  ),
  ...['-1', 'x', '1.5', '1, 2'].map((id) =>
    read(`the Last-Event-ID ${id}`, '/v1/stories/{storyId}/stream', invalid('Last-Event-ID'), { 'last-event-id': id }),
  ),
  ...[...READS, '/openapi.json'].map((path): BadInput => ({
    name: `POST ${path}`,
    request: { method: 'POST', path, body: {} },
    expected: notFound,
  })),
  read('nothing', '/v1', notFound),
  read('a story without what of it', '/v1/stories/{storyId}', notFound),
];
