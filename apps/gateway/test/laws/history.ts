import type { StoredEvent } from '@agon/event-store';
import type { System } from '../system.ts';

/** The whole log, each partition in order. */
export type History = ReadonlyMap<number, readonly StoredEvent[]>;

const BATCH = 1000;

/** Reads what the log has gained since `known`, and all of it the first time. */
export async function readHistory({ log }: Pick<System, 'log'>, known: History = new Map()): Promise<History> {
  const history = new Map(known);
  for (const [partition, head] of await log.heads()) {
    const events = [...(history.get(partition) ?? [])];
    for (let last = events.length; last < head;) {
      const read = await log.readPartition(partition, last, BATCH);
      if (read.length === 0) break;
      events.push(...read);
      last = events.at(-1)?.position ?? head;
    }
    history.set(partition, events);
  }
  return history;
}

/** Every event, partition by partition. */
export const allOf = (history: History): StoredEvent[] => [...history.values()].flat();

export const storiesOf = (history: History): string[] => [...new Set(allOf(history).map(({ storyId }) => storyId))];

export const storyOf = (history: History, storyId: string): StoredEvent[] =>
  allOf(history).filter((event) => event.storyId === storyId);

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

/** JSON with the keys of every object in order, so that equal values are equal texts. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
