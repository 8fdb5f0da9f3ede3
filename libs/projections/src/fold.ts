import type { StoredEvent } from '@agon/event-store';
import type { AnyProjection } from './projection.ts';
import { assertStorableKey, toJson } from './storable.ts';

export interface RowRef {
  storyId: string;
  key: string;
}

/** A row as it is to be stored after the batch. */
export interface FoldedRow extends RowRef {
  /** Of the last event that changed it. */
  position: number;
  row: object;
  json: string;
}

/** The event that a projection can't fold; its story stays as it was before it. */
export interface Poison {
  storyId: string;
  position: number;
  error: string;
}

interface Step extends RowRef {
  position: number;
  type: string;
  event: unknown;
}

/** What a projection makes of a batch, before the rows are known. */
export interface FoldPlan {
  projection: AnyProjection;
  steps: Step[];
  poison: Map<string, Poison>;
}

const MAX_ERROR_LENGTH = 1000;

const poisonOf = ({ storyId, position, type }: Pick<Step, 'storyId' | 'position' | 'type'>, error: unknown): Poison => {
  const reason = error instanceof Error ? error.message : String(error);
  const text = `${type}: ${reason}`.slice(0, MAX_ERROR_LENGTH).toWellFormed().replaceAll('\0', '');
  return { storyId, position, error: text };
};

/** One text for a row's place; no story id contains a slash. */
export const rowId = ({ storyId, key }: RowRef): string => `${storyId}/${key}`;

/**
 * The events of a batch that a projection still has to fold, with their rows: those that it handles, past its checkpoint,
 * of stories that are not parked.
 */
export const planFold = (
  projection: AnyProjection,
  events: readonly StoredEvent[],
  checkpoint: number,
  parked: ReadonlySet<string>,
): FoldPlan => {
  const handles = new Set(projection.handles);
  const plan: FoldPlan = { projection, steps: [], poison: new Map() };
  for (const stored of events) {
    const { position, storyId, type } = stored;
    if (position <= checkpoint || !handles.has(type) || parked.has(storyId) || plan.poison.has(storyId)) continue;
    try {
      const event = projection.parse(stored);
      const key = projection.key(event);
      if (key === undefined) continue;
      if (projection.feed === true && key !== String(position)) throw new Error('the key of a feed is the position');
      assertStorableKey(key);
      plan.steps.push({ storyId, key, position, type, event });
    } catch (error) {
      plan.poison.set(storyId, poisonOf(stored, error));
    }
  }
  return plan;
};

/** The rows that a plan touches, each once. */
export const touchedRows = ({ steps }: FoldPlan): RowRef[] => [
  ...new Map(steps.map(({ storyId, key }) => [rowId({ storyId, key }), { storyId, key }])).values(),
];

export interface FoldResult {
  rows: FoldedRow[];
  /** At most one per story: the first event that failed. */
  poison: Poison[];
}

const foldSteps = (plan: FoldPlan, before: ReadonlyMap<string, object>, checkEach: boolean): FoldResult => {
  const { projection, steps } = plan;
  const rows = new Map<string, RowRef & { position: number; row: object }>();
  const failed = new Map<string, Poison>();
  for (const step of steps) {
    if (failed.has(step.storyId)) continue;
    const id = rowId(step);
    try {
      const row = projection.evolve(rows.get(id)?.row ?? before.get(id) ?? projection.initial(), step.event);
      if (checkEach) toJson(row);
      rows.set(id, { storyId: step.storyId, key: step.key, position: step.position, row });
    } catch (error) {
      failed.set(step.storyId, poisonOf(step, error));
    }
  }
  return {
    rows: [...rows.values()].map((placed) => ({ ...placed, json: toJson(placed.row) })),
    // A story that failed in the fold failed before the event at which its plan stopped.
    poison: [...new Map([...plan.poison, ...failed]).values()],
  };
};

/**
 * Folds a planned batch onto the rows as they were, by row id. Pure. An event that fails, or that leaves a row that can't
 * be stored, ends the fold of its story in this projection; trying again can't help, as the fold reads nothing else.
 */
export const fold = (plan: FoldPlan, before: ReadonlyMap<string, object>): FoldResult => {
  try {
    return foldSteps(plan, before, false);
  } catch {
    // Some row of the batch can't be stored: find the event that made it so.
    return foldSteps(plan, before, true);
  }
};
