import type { DataSource } from 'typeorm';
import { prepared } from './prepared.ts';
import type { Projection } from './projection.ts';
import { qualifiedTable } from './tables.ts';

/** One row of a read model. */
export interface ReadDoc<Row> {
  key: string;
  /** Of the last event that changed it. */
  position: number;
  doc: Row;
}

/** Reads of one projection's table, always within one story. An unknown story has no rows. */
export interface ReadModel<Row> {
  doc(partition: number, storyId: string, key: string): Promise<Row | undefined>;
  /** All rows of a story, by key. */
  docs(partition: number, storyId: string): Promise<ReadDoc<Row>[]>;
  /** The story's rows that changed after a position, in log order, at most `limit`. */
  feed(partition: number, storyId: string, after: number, limit: number): Promise<ReadDoc<Row>[]>;
}

/** The read side of a projection that `service` folds. */
export const readModel = <Row extends object, Event>(
  dataSource: DataSource,
  service: string,
  projection: Projection<Row, Event>,
): ReadModel<Row> => {
  const select = `select key, position::float8 as position, doc from ${qualifiedTable(service, projection)}
    where partition = $1 and story_id = $2`;
  const query = (condition: string, parameters: unknown[]): Promise<ReadDoc<Row>[]> =>
    prepared<ReadDoc<Row>>(dataSource, `${select} ${condition}`, parameters);
  return {
    doc: async (partition, storyId, key) => (await query('and key = $3', [partition, storyId, key]))[0]?.doc,
    docs: (partition, storyId) => query('order by key', [partition, storyId]),
    feed: (partition, storyId, after, limit) =>
      query('and position > $3 order by position limit $4', [partition, storyId, after, limit]),
  };
};
