import type { FeedEntry, Item } from '@agon/contracts';
import * as fc from 'fast-check';
import { type Sparse, beat, entriesOf, itemOf, refined, unrefined } from '../test/stories.ts';
import { reduceItems } from './reduce-items.ts';

const first = itemOf('i');
const second = itemOf('i', { revision: 1, replaces: 0, final: true, text: 'In better words.', source: 'llm-sim' });

const entryOf = (fact: Sparse, ...items: Item[]): FeedEntry[] =>
  entriesOf([fact]).map((entry) => ({ ...entry, items }));
const told = (...items: Item[]): FeedEntry[] => entryOf(beat('c1'), ...items);
const better = entryOf(refined('flow.beat_prose', { itemId: 'i' }), second);

const fold = (...entries: readonly FeedEntry[][]): Item[] => [
  ...entries.flat().reduce<ReadonlyMap<string, Item>>(reduceItems, new Map()).values(),
];

describe('reduceItems', () => {
  it('keeps every item of an entry by its id', () => {
    expect(fold(told(first, itemOf('j')))).toEqual([first, itemOf('j')]);
  });

  it('puts a refinement in the place of what it replaces', () => {
    expect(fold(told(first), better)).toEqual([second]);
  });

  it('never goes back to an older revision', () => {
    expect(fold(told(first), better, told(first), better)).toEqual([second]);
  });

  it('takes no revision that replaces another one than the present', () => {
    expect(fold(told(first), told(itemOf('i', { revision: 2, replaces: 1 })))).toEqual([first]);
  });

  it('takes a revision of which it has not seen what it replaces', () => {
    expect(fold(better)).toEqual([second]);
  });

  it.each(unrefined('i'))('closes an item with $type, and keeps its text', (fact) => {
    expect(fold(told(first, itemOf('j')), entryOf(fact))).toEqual([{ ...first, final: true }, itemOf('j')]);
    expect(fold(told(first), better, entryOf(fact))).toEqual([second]);
  });

  it('closes an item whose refinement was accepted without a text', () => {
    const felt = refined('stakeholder.reaction', { itemId: 'i', changes: { emotionalResponse: 'angry' } });
    expect(fold(told(first), entryOf(felt))).toEqual([{ ...first, final: true }]);
  });

  it('gives back what it was given when nothing changes', () => {
    const items = new Map([['i', second]]);
    const nothing = [told(first), better, told(), ...unrefined('unheard').map((fact) => entryOf(fact))];
    const settledElsewhere = unrefined(null).map((fact) => entryOf(fact));
    for (const entry of [...nothing, ...settledElsewhere].flat()) expect(reduceItems(items, entry)).toBe(items);
  });

  it('ends the same wherever a reader starts again', () => {
    const closed = unrefined('j')
      .slice(0, 1)
      .map((fact) => entryOf(fact));
    const entries = [told(first), told(itemOf('j')), better, ...closed].flat(2);
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 6 }), (starts) => {
        const again = starts.flatMap((start) => entries.slice(start));
        expect(fold(entries, again)).toEqual(fold(entries));
      }),
    );
  });
});
