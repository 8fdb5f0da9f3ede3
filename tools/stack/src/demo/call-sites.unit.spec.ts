import type { Answer, Item } from '@agon/contracts';
import { blockingLine, blockingOf, modelTime } from './blocking.ts';
import { USUAL_MODEL_MS, blockingCallsOf } from './call-sites.ts';
import { CALL_KINDS, type CallKind } from './calls.ts';

const item = (kind: string): Item => ({
  itemId: kind,
  revision: 0,
  final: true,
  kind,
  npcId: null,
  key: 'k',
  params: {},
  text: 't',
  source: 'rules',
});
const answer = (...kinds: string[]): Answer => ({
  storyId: 'p1_abcdefgh',
  position: 3,
  pending: [],
  items: kinds.map(item),
});
const transition = { fromPhase: 'rising', toPhase: 'confrontation' } as const;
const behaviours = [
  { npcId: '11', behaviour: 'tense' },
  { npcId: '12', behaviour: 'tense' },
] as const;
const joined: Answer['stakeholders'] = ['11', '12', '13'].map((npcId) => ({
  npcId,
  name: npcId,
  role: 'mediator',
  decisionStyle: 'rational',
  stress: 0,
  commitment: 1,
}));

describe('the blocking design', () => {
  it.each<[CallKind, string, Answer, number]>([
    ['create', 'start and name', answer(), 2],
    ['create', 'beat, rumour and three profiles besides', { ...answer('beat', 'gossip'), stakeholders: joined }, 7],
    ['sync', 'an act and a reputation for each who is there', { ...answer(), behaviours: [...behaviours] }, 3],
    ['sync', 'new gossip besides', { ...answer('gossip'), behaviours: [...behaviours] }, 4],
    ['sync', 'nothing in an empty scene', answer('atmosphere'), 0],
    ['choice', 'each reaction', answer('reaction', 'reaction', 'gossip'), 2],
    ['choice', 'the turn of the phase', { ...answer('reaction'), transition }, 2],
    ['act', 'the act', answer('gossip'), 1],
    ['act', 'each reputation that moved, and a beat', answer('reputation', 'reputation', 'beat'), 4],
    ['progress', 'the flow', answer('beat'), 1],
    ['progress', 'the turn of the phase', { ...answer('transition'), transition }, 2],
    ['resolve', 'the rumour afterwards', answer('gossip', 'transition', 'reputation'), 1],
  ])('awaits in a "%s": %s', (kind, _what, of, calls) => {
    expect(blockingCallsOf(kind, of)).toBe(calls);
  });

  it('asks no model for what is read or registered', () => {
    const full = { ...answer('beat', 'gossip', 'reaction'), transition, behaviours: [...behaviours] };
    const asking = CALL_KINDS.filter((kind) => blockingCallsOf(kind, full) > 0);
    expect(asking).toEqual(['create', 'sync', 'choice', 'act', 'progress', 'resolve']);
  });
});

describe('the comparison', () => {
  it('takes the median time of a model call, or the usual one', () => {
    expect(modelTime([900, 1500, 5000])).toBe(1500);
    expect(modelTime([])).toBe(USUAL_MODEL_MS);
  });

  it('waits for one model call after another', () => {
    const calls = [0, 1, 1, 2, 3].map((modelCalls) => ({ kind: 'choice', ms: 10, modelCalls }) as const);
    expect(blockingOf([...calls, { kind: 'state', ms: 5 }], 1000)).toEqual({ p50: 1000, total: 7000 });
  });

  it('is one line for a person', () => {
    expect(blockingLine({ p50: 2400, total: 720_400 }, 15.97)).toBe(
      'The blocking design would have kept the player waiting 2.4 s per call (median), 720 s in all; here: p50 16.0 ms.',
    );
  });
});
