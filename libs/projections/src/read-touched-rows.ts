import { type FoldPlan, rowId, touchedRows } from './fold.ts';
import { Parameters } from './parameters.ts';
import { qualifiedTable } from './tables.ts';

export interface StoredRow {
  plan: number;
  story_id: string;
  key: string;
  doc: object;
}

/** Runs one query; within a transaction it must be on that one's connection. */
export type Query = (sql: string, values: readonly unknown[]) => Promise<StoredRow[]>;

/** Reads the rows that the plans touch, in one query: for each plan its rows by row id. */
export const readTouchedRows = async (
  query: Query,
  { service, partition }: { service: string; partition: number },
  plans: readonly (FoldPlan & { generation: number })[],
): Promise<ReadonlyMap<string, object>[]> => {
  const found = plans.map(() => new Map<string, object>());
  const parameters = new Parameters();
  const where = parameters.add(partition);
  const selects = plans.flatMap((plan, index) => {
    // Rows of a feed are new, each of them.
    const rows = plan.projection.feed === true ? [] : touchedRows(plan);
    if (rows.length === 0) return [];
    const stories = parameters.add(rows.map(({ storyId }) => storyId));
    const keys = parameters.add(rows.map(({ key }) => key));
    const table = qualifiedTable(service, { ...plan.projection, generation: plan.generation });
    // `limit` keeps the planner from joining by a hash of the whole partition, which takes longer the more rows there are.
    return `select ${index} as plan, r.story_id, r.key, t.doc
      from unnest(${stories}::text[], ${keys}::text[]) as r (story_id, key)
      cross join lateral (
        select doc from ${table}
        where partition = ${where} and story_id = r.story_id and key = r.key limit 1
      ) t`;
  });
  if (selects.length === 0) return found;
  const rows = await query(selects.join('\nunion all\n'), parameters.values);
  for (const { plan, story_id: storyId, key, doc } of rows) found[plan]?.set(rowId({ storyId, key }), doc);
  return found;
};
