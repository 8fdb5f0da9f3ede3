import type { StoredEvent } from '@agon/event-store';

/**
 * A read model as a pure fold of one partition of the log into JSON documents, one row per story and key. Changing what a
 * fold gives means a new version, which gets a table of its own.
 */
export interface Projection<Row extends object, Event = StoredEvent> {
  /** Kebab-case; part of the table's name. */
  readonly name: string;
  readonly version: number;
  /** Types of the events that it folds; all others pass by. */
  readonly handles: readonly string[];
  /**
   * One row per event, never changed again, whose key is the event's position. Its table has an index by position, so that
   * a long story's feed is read from any place; other tables do without, which makes changing a row cheaper.
   */
  readonly feed?: boolean | undefined;
  /**
   * Rows may carry `due`, a time as ISO 8601 in UTC: when something has to be done about them. The table has an index over
   * those that do, of all stories, for `ReadModel.due`.
   */
  readonly due?: boolean | undefined;
  /** The stored event in the shape that `key` and `evolve` want. */
  parse(event: StoredEvent): Event;
  /** Row of the story that the event belongs to; undefined when it changes none. */
  key(event: Event): string | undefined;
  /** The row before its first event. */
  initial(): Row;
  /** The row after the event. Pure: a new object, and nothing read but its arguments. Throwing parks the story. */
  evolve(row: Row, event: Event): Row;
}

/** Any projection, where rows are only carried from the fold to the table. */
export type AnyProjection = Projection<object, unknown>;

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Throws unless the name is kebab-case: it becomes part of a table's name. */
export const assertName = (what: string, name: string): void => {
  if (!NAME.test(name)) throw new Error(`${what} "${name}" must be kebab-case: a-z, 0-9 and single hyphens`);
};

type Unparsed<Row extends object> = Omit<Projection<Row>, 'parse'>;

/**
 * Declares a projection. Without `parse` its functions get the stored event itself.
 *
 * @throws when the name is not kebab-case or the version not a whole number from 1 on.
 */
export function defineProjection<Row extends object, Event>(projection: Projection<Row, Event>): Projection<Row, Event>;
export function defineProjection<Row extends object>(projection: Unparsed<Row>): Projection<Row>;
export function defineProjection(projection: AnyProjection | Omit<AnyProjection, 'parse'>): AnyProjection {
  assertName('projection', projection.name);
  if (!Number.isInteger(projection.version) || projection.version < 1)
    throw new Error(`version ${projection.version} of projection ${projection.name} must be a whole number from 1 on`);
  return 'parse' in projection ? projection : { ...projection, parse: (event) => event };
}
