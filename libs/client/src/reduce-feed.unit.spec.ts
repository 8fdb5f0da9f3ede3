import type { FeedEntry } from '@agon/contracts';
import * as fc from 'fast-check';
import {
  type Sparse,
  adapted,
  adjusted,
  beat,
  begun,
  created,
  entriesOf,
  hinted,
  joined,
  judged,
  reacted,
  refined,
  resolved,
  stressed,
  tense,
  unrefined,
  whispered,
  withdrew,
} from '../test/stories.ts';
import { type FeedState, initialFeedState, reduceFeed } from './reduce-feed.ts';

const fold = (entries: readonly FeedEntry[], from = initialFeedState()): FeedState => entries.reduce(reduceFeed, from);
const after = (...facts: Parameters<typeof entriesOf>[0]): FeedState => fold(entriesOf(facts));
const feeling = (itemId: string): Sparse =>
  refined('stakeholder.reaction', { itemId, npcId: '11', changes: { emotionalResponse: 'fearful' } });
const emotions = (state: FeedState) => state.conflicts[0]?.stakeholders.map(({ emotion }) => emotion);

describe('reduceFeed', () => {
  it('builds a conflict as the state shows it', () => {
    const state = after(created('c1'), begun('c1'), tense('c1', 0.6), beat('c1'), adjusted('c1', 0.7), resolved('c1'));
    expect(state.position).toBe(6);
    expect(state.conflicts).toEqual([
      {
        conflictId: 'c1',
        name: 'Conflict c1',
        conflictType: 'power_crisis',
        status: 'resolved',
        flow: { phase: 'rising', pacingStyle: 'steady', intensity: 0.5, momentum: 0.7, phaseProgress: 0 },
        tension: { power: 0.6 },
        beats: 1,
        conditions: [],
        resolution: { type: 'compromise', winners: ['12'], losers: ['11'] },
        stakeholders: [],
      },
    ]);
  });

  it('follows one stakeholder through stress, a reaction and a new role, and leaves the others alone', () => {
    const cast = [created('c1'), joined('c1', '11'), joined('c1', '12')];
    const state = after(...cast, stressed('c1', '11', 0.6), reacted('c1', '11', 'r1'), adapted('c1', '11'));
    const other = { stress: 0.45, latestItem: null, emotion: null, role: 'instigator' };
    expect(state.conflicts[0]?.stakeholders).toMatchObject([
      { npcId: '11', stress: 0.6, latestItem: 'r1', emotion: 'angry', role: 'victim' },
      { npcId: '12', ...other },
    ]);
  });

  it('takes a withdrawal with its relief', () => {
    const state = after(created('c1'), joined('c1', '11'), withdrew('c1', '11'));
    const left = { role: 'bystander', stress: 0.4, commitment: 0, latestItem: 'withdrawal-11' };
    expect(state.conflicts[0]?.stakeholders).toMatchObject([left]);
  });

  it('changes only the conflict that a fact names', () => {
    const state = after(created('c1'), created('c2'), tense('c2', 0.9));
    expect(state.conflicts.map(({ tension }) => tension)).toEqual([{}, { power: 0.9 }]);
  });

  it('lists conflicts by id, not by age', () => {
    expect(after(created('c2'), created('c1')).conflicts.map(({ conflictId }) => conflictId)).toEqual(['c1', 'c2']);
  });

  it('remembers the ten newest whispers', () => {
    const ids = Array.from({ length: 12 }, (_, n) => `gossip-${n}`);
    expect(after(...ids.map(whispered)).circle.gossip.map(({ itemId }) => itemId)).toEqual(ids.slice(2));
  });

  it('keeps the newest score of a trait', () => {
    expect(after(judged('12', 0.7), judged('12', 0.8), judged('11', 0.4)).circle.reputations).toEqual({
      '11': { influential: 0.4 },
      '12': { influential: 0.8 },
    });
  });

  it('takes the name, the conditions and the whisper of a refinement', () => {
    const text = { key: 'refined', params: {}, text: 'In better words.' };
    const conditions = ['a strike', 'a truce'];
    const state = after(
      created('c1'),
      created('c2'),
      whispered('g1'),
      whispered('g2'),
      refined('conflict.name', { itemId: 'name-c1', changes: { text } }),
      refined('flow.init', { itemId: null, conflictId: 'c2', changes: { conditions } }),
      refined('social.gossip', { itemId: 'g2', conflictId: null, changes: { text } }),
    );
    expect(state.conflicts).toMatchObject([
      { name: 'In better words.', conditions: [] },
      { name: 'Conflict c2', conditions },
    ]);
    expect(state.circle.gossip.map((gossip) => gossip.text.text)).toEqual(['Something is said.', 'In better words.']);
  });

  it('takes a refined feeling only while nothing has followed the reaction', () => {
    const cast = [created('c1'), joined('c1', '11'), joined('c1', '12'), reacted('c1', '11', 'r1')];
    expect(emotions(after(...cast, feeling('r1')))).toEqual(['fearful', null]);
    expect(emotions(after(...cast, reacted('c1', '11', 'r2'), feeling('r1')))).toEqual(['angry', null]);
    expect(emotions(after(...cast, withdrew('c1', '11'), feeling('r1')))).toEqual(['angry', null]);
  });

  it('changes no state by the text of a reaction, nor by a refinement that brings nothing', () => {
    const before = after(created('c1'), joined('c1', '11'), reacted('c1', '11', 'r1'), whispered('g1'));
    const text = { key: 'refined', params: {}, text: 'In better words.' };
    const settled = [refined('stakeholder.reaction', { itemId: 'r1', changes: { text } }), ...unrefined('r1')];
    const entries = entriesOf(settled).map((entry) => ({ ...entry, position: entry.position + 4 }));
    expect(fold(entries, before)).toEqual({ ...before, position: 9 });
  });

  it('advances over facts that only colour the moment', () => {
    expect(after(hinted())).toEqual({ ...initialFeedState(), position: 1 });
  });

  it('never changes the state that it was given', () => {
    const before = after(created('c1'), joined('c1', '11'));
    const copy = structuredClone(before);
    fold([{ ...stressed('c1', '11', 0.9), position: 9, items: [] }], before);
    expect(before).toEqual(copy);
  });
});

const fact = fc.constantFrom('c1', 'c2').chain((id) =>
  fc.oneof(
    fc.constant(beat(id)),
    fc.constant(adapted(id, '11')),
    fc.constant(withdrew(id, '12')),
    fc.double({ min: 0, max: 1, noNaN: true }).map((level) => tense(id, level)),
    fc.double({ min: 0, max: 1, noNaN: true }).map((stress) => stressed(id, '11', stress)),
    fc.double({ min: -1, max: 1, noNaN: true }).map((momentum) => adjusted(id, momentum)),
    fc.nat(50).map((n) => whispered(`gossip-${n}`)),
    fc.nat(50).map((n) => refined('social.gossip', { itemId: `gossip-${n}` })),
    fc.constant(refined('conflict.name', { conflictId: id })),
    fc.double({ min: 0, max: 1, noNaN: true }).map((score) => judged('12', score)),
  ),
);
const opening = [created('c1'), begun('c1'), joined('c1', '11'), joined('c1', '12'), created('c2')];
const story = fc.array(fact, { minLength: 1, maxLength: 40 }).map((facts) => entriesOf([...opening, ...facts]));

describe('doubles', () => {
  it('change nothing, wherever a reader starts again', () => {
    fc.assert(
      fc.property(story, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }), (entries, restarts) => {
        let state = initialFeedState();
        let read = 0;
        for (const [ahead, back] of restarts) {
          // Reads on for a while, then starts again at an older position.
          const end = read + (ahead % (entries.length - read + 1));
          state = fold(entries.slice(read - (back % (read + 1)), end), state);
          read = Math.max(read, end);
        }
        expect(fold(entries.slice(Math.max(0, read - 3)), state)).toEqual(fold(entries));
      }),
    );
  });

  it('would be seen, were they taken', () => {
    const entries = entriesOf([created('c1'), beat('c1')]);
    const twice = [...entries, ...entries.map((entry) => ({ ...entry, position: entry.position + 2 }))];
    expect(fold(twice)).not.toEqual({ ...fold(entries), position: 4 });
  });
});
