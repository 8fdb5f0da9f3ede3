import type { StoredEvent } from '@agon/event-store';
import type { Projection } from './projection.ts';

export interface ReplayedRow<Row> {
  storyId: string;
  key: string;
  position: number;
  doc: Row;
}

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
};

/**
 * Folds events from zero in memory, for tests and for comparing a read model with its log. Rows come in the order of their
 * first event. Every row is frozen, so a fold that changes its argument throws here.
 */
export const replay = <Row extends object, Event>(
  projection: Projection<Row, Event>,
  events: readonly StoredEvent[],
): ReplayedRow<Row>[] => {
  const rows = new Map<string, ReplayedRow<Row>>();
  for (const stored of events) {
    if (!projection.handles.includes(stored.type)) continue;
    const event = projection.parse(stored);
    const key = projection.key(event);
    if (key === undefined) continue;
    const { storyId, position } = stored;
    const id = `${storyId}/${key}`;
    const before = rows.get(id)?.doc ?? deepFreeze(projection.initial());
    rows.set(id, { storyId, key, position, doc: deepFreeze(projection.evolve(before, event)) });
  }
  return [...rows.values()];
};
