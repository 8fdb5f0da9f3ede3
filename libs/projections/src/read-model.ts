import type { DataSource } from 'typeorm';
import { prepared } from './prepared.ts';
import type { Projection } from './projection.ts';
import { qualifiedView } from './tables.ts';

/** One row of a read model. */
export interface ReadDoc<Row> {
  key: string;
  /** Of the last event that changed it. */
  position: number;
  doc: Row;
}

/** A row about which something has to be done. */
export interface DueDoc<Row> extends ReadDoc<Row> {
  partition: number;
  storyId: string;
}

/** Reads of one projection, within one story except for `due`, from the table that is live. An unknown story has no rows. */
export interface ReadModel<Row> {
  doc(partition: number, storyId: string, key: string): Promise<Row | undefined>;
  /** All rows of a story, by key. */
  docs(partition: number, storyId: string): Promise<ReadDoc<Row>[]>;
  /** The story's rows that changed after a position, in log order, at most `limit`. */
  feed(partition: number, storyId: string, after: number, limit: number): Promise<ReadDoc<Row>[]>;
  /** Rows of every story whose `due` is at or before a time (ISO 8601, UTC), the longest due first, a page of them. */
  due(now: string, limit: number, offset?: number): Promise<DueDoc<Row>[]>;
}

/** The read side of a projection that `service` folds. */
export const readModel = <Row extends object, Event>(
  dataSource: DataSource,
  service: string,
  projection: Projection<Row, Event>,
): ReadModel<Row> => {
  const view = qualifiedView(service, projection.name);
  const select = `select key, position::float8 as position, doc from ${view}
    where partition = $1 and story_id = $2`;
  const query = (condition: string, parameters: unknown[]): Promise<ReadDoc<Row>[]> =>
    prepared<ReadDoc<Row>>(dataSource, `${select} ${condition}`, parameters);
  return {
    doc: async (partition, storyId, key) => (await query('and key = $3', [partition, storyId, key]))[0]?.doc,
    docs: (partition, storyId) => query('order by key', [partition, storyId]),
    feed: (partition, storyId, after, limit) =>
      query('and position > $3 order by position limit $4', [partition, storyId, after, limit]),
    due: (now, limit, offset = 0) =>
      prepared<DueDoc<Row>>(
        dataSource,
        `select partition, story_id as "storyId", key, position::float8 as position, doc from ${view}
         where doc ->> 'due' <= $1 order by doc ->> 'due' limit $2 offset $3`,
        [now, limit, offset],
      ),
  };
};
