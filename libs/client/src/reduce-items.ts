import type { FeedEntry, Item } from '@agon/contracts';

/**
 * The newest revision of each item after an entry, by the item's id. Revisions only grow, so an older entry that comes
 * again changes nothing; a text applies only to the revision that it replaces. An item whose refinement has ended is
 * final, whether or not it brought a text.
 * @returns the given map where the entry changes nothing
 */
export function reduceItems(items: ReadonlyMap<string, Item>, entry: FeedEntry): ReadonlyMap<string, Item> {
  const news = [...entry.items, ...closedBy(entry, items)].filter((item) => applies(item, items.get(item.itemId)));
  return news.length === 0 ? items : new Map([...items, ...news.map((item) => [item.itemId, item] as const)]);
}

function applies({ revision, replaces, final }: Item, present: Item | undefined): boolean {
  if (present === undefined) return true;
  if (revision === present.revision) return final && !present.final;
  return revision > present.revision && (replaces === undefined || replaces === present.revision);
}

/** The item that keeps its text for good: what has become of its refinement is no other text. */
function closedBy({ data, items: told }: FeedEntry, items: ReadonlyMap<string, Item>): Item[] {
  if (!('refinementId' in data) || data.itemId === null || told.length > 0) return [];
  const kept = items.get(data.itemId);
  return kept === undefined ? [] : [{ ...kept, final: true }];
}
