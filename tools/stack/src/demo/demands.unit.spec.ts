import type { Answer, FeedEntry, Item } from '@agon/contracts';
import { lackOfAnswer, lackOfFeed, lackOfState, namesItsNpc } from './demands.ts';

const item = (kind: string, npcId: string | null, text: string): Item => ({
  itemId: `${kind}-1`,
  revision: 0,
  final: true,
  kind,
  npcId,
  key: 'k',
  params: {},
  text,
  source: 'rules',
});
const flow = { phase: 'rising', pacingStyle: 'steady', intensity: 0.5, momentum: 0, phaseProgress: 0 } as const;
const answer: Answer = { storyId: 'p1_abcdefgh', position: 3, pending: [], items: [], flow, tension: { power: 0.5 } };
const reaction = item('reaction', '11', 'Maren looks up.');

describe('a choice', () => {
  it('needs a reaction that names its NPC', () => {
    expect(lackOfAnswer('choice', { ...answer, items: [reaction] })).toEqual([]);
    for (const items of [[], [item('reaction', '11', 'She looks up.')], [item('gossip', '11', 'Maren looks up.')]]) {
      expect(lackOfAnswer('choice', { ...answer, items })).toEqual(['no reaction that names its NPC']);
    }
  });

  it('needs flow and tension', () => {
    const bare = { ...answer, items: [reaction], flow: undefined, tension: undefined };
    expect(lackOfAnswer('choice', bare)).toEqual(['no flow', 'no tension']);
  });

  it('leaves nothing pending', () => {
    for (const items of [[], [reaction]]) {
      const late = { ...answer, items, pending: ['social-circle'] };
      expect(lackOfAnswer('choice', late)).toEqual(['social-circle pending']);
    }
  });
});

describe('the other writes', () => {
  it('name all that they lack', () => {
    const bare = { ...answer, flow: undefined, tension: undefined };
    expect(lackOfAnswer('create', bare)).toEqual([
      'not 3 stakeholders',
      'no conflict id',
      'no name',
      'no flow',
      'no tension',
      'no opening beat',
      'no gossip',
    ]);
    expect(lackOfAnswer('sync', { ...bare, behaviours: [{ npcId: '12', behaviour: 'tense' }] })).toEqual([
      'no behaviour for Maren Holt',
      'no behaviour for Ilse Brandt',
      'no tension of the scene',
      'no atmosphere',
    ]);
    expect(lackOfAnswer('resolve', { ...bare, reputations: {} })).toEqual(['no resolution', 'no reputations']);
    expect(lackOfAnswer('act', bare)).toEqual(['no flow', 'no tension']);
    expect(lackOfAnswer('npcs', bare)).toEqual([]);
  });
});

describe('namesItsNpc', () => {
  it.each([
    ['11', 'Holt turns away.', true],
    ['11', 'Tobias Reed turns away.', false],
    ['99', 'Somebody turns away.', false],
    [null, 'Maren Holt turns away.', false],
  ])('of %p in "%s" is %p', (npcId, text, names) => {
    expect(namesItsNpc(item('reaction', npcId, text))).toBe(names);
  });
});

const entryAt = (position: number): FeedEntry => ({
  position,
  type: 'StakeholdersReleased',
  data: { conflictId: 'c1' },
  items: [],
});

describe('reads', () => {
  const state = {
    storyId: 'p1_abcdefgh',
    position: 5,
    stale: true,
    missing: ['social-circle'],
    conflicts: [],
    circle: { gossip: [], reputations: {} },
  };

  it('are as new as was asked, and whole', () => {
    expect(lackOfState(state, 6)).toEqual(['stale: at 5, asked for 6', 'without social-circle', 'no conflict']);
  });

  it('list entries in order', () => {
    const page = { entries: [entryAt(3), entryAt(2)], next: 1 };
    expect(lackOfFeed(page)).toEqual(['entries out of order', '`next` lies before the last entry']);
    expect(lackOfFeed({ entries: [], next: 0 })).toEqual(['no entries']);
    expect(lackOfFeed({ entries: [entryAt(3)], next: 3 })).toEqual([]);
  });
});
