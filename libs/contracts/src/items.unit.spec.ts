import { eventTypes, examples, stored } from '../test/examples.ts';
import { type DataOf, parseEvent } from './events.ts';
import { isFeedType } from './feed.ts';
import { Item, itemsOf } from './items.ts';
import { isRefinedKind } from './refinement-tasks.ts';
import { isRefinementType } from './refinements.ts';

const facts = eventTypes.filter((type) => !isRefinementType(type));

/** Facts whose text gets its id from what it is of. */
const tellsByName = new Set<string>(['ConflictCreated', 'StakeholderJoined']);
const holdsText = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ('itemId' in value || Object.values(value).some(holdsText));

const accepted = (change: Partial<DataOf<'RefinementAccepted'>>) =>
  itemsOf(parseEvent({ ...stored('RefinementAccepted'), data: { ...examples.RefinementAccepted, ...change } }));

describe('items', () => {
  it.each(facts)('of %s are all that it tells, final where no model is asked', (type) => {
    const event = parseEvent(stored(type));
    const items = itemsOf(event);
    for (const item of items) {
      const final = !isRefinedKind(item.kind);
      expect(Item.parse(item)).toMatchObject({ revision: 0, final, key: 'any.key', source: 'rules' });
    }
    // What a circle remembers was an item when it was told.
    const tells = (holdsText(event.data) && type !== 'CircleObserved') || tellsByName.has(type);
    expect(items.length > 0).toBe(tells);
    if (items.length > 0) expect(isFeedType(type)).toBe(true);
  });

  it('name whom they are about', () => {
    const [reaction] = itemsOf(parseEvent(stored('StakeholderReacted')));
    expect(reaction).toEqual({
      itemId: 'reaction-1-c1-11',
      revision: 0,
      final: false,
      kind: 'reaction',
      npcId: '11',
      key: 'any.key',
      params: { 'npc.name': 'Maren Holt' },
      text: 'Maren Holt looks away.',
      source: 'rules',
    });
    expect(itemsOf(parseEvent(stored('DramaticBeatOccurred')))).toMatchObject([{ kind: 'beat', npcId: null }]);
  });

  it('of a conflict are its name, under an id of its own', () => {
    expect(itemsOf(parseEvent(stored('ConflictCreated')))).toMatchObject([
      { itemId: 'name-c1', kind: 'name', text: examples.ConflictCreated.name },
    ]);
  });

  it('of an accepted refinement replace the text, and say by whom', () => {
    const [item] = accepted({ late: true });
    expect(Item.parse(item)).toEqual({
      itemId: 'reaction-1-c1-11',
      revision: 1,
      replaces: 0,
      final: true,
      late: true,
      kind: 'reaction',
      npcId: '11',
      key: 'refined.stakeholder.reaction',
      params: {},
      text: 'Maren Holt shuts the ledger.',
      source: 'llm-sim',
    });
  });

  it('are none where a refinement has no text, or is of no item', () => {
    expect(accepted({ changes: { emotionalResponse: 'angry' } })).toEqual([]);
    expect(accepted({ itemId: null, kind: null })).toEqual([]);
    const others = eventTypes.filter((type) => isRefinementType(type) && type !== 'RefinementAccepted');
    for (const type of others) expect(itemsOf(parseEvent(stored(type)))).toEqual([]);
  });
});
