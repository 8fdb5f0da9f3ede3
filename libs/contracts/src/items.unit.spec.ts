import { eventTypes, stored } from '../test/examples.ts';
import { parseEvent } from './events.ts';
import { isFeedType } from './feed.ts';
import { Item, itemsOf } from './items.ts';

const holdsText = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ('itemId' in value || Object.values(value).some(holdsText));

describe('items', () => {
  it.each(eventTypes)('of %s are all that it tells, final from the start', (type) => {
    const event = parseEvent(stored(type));
    const items = itemsOf(event);
    for (const item of items) expect(Item.parse(item)).toMatchObject({ revision: 0, final: true, key: 'any.key' });
    // What a circle remembers was an item when it was told.
    expect(items.length > 0).toBe(holdsText(event.data) && type !== 'CircleObserved');
    if (items.length > 0) expect(isFeedType(type)).toBe(true);
  });

  it('name whom they are about', () => {
    const [reaction] = itemsOf(parseEvent(stored('StakeholderReacted')));
    expect(reaction).toEqual({
      itemId: 'reaction-2-c1-11',
      revision: 0,
      final: true,
      kind: 'reaction',
      npcId: '11',
      key: 'any.key',
      params: { 'npc.name': 'Maren Holt' },
      text: 'Maren Holt looks away.',
    });
    expect(itemsOf(parseEvent(stored('DramaticBeatOccurred')))).toMatchObject([{ kind: 'beat', npcId: null }]);
  });
});
