import type { EntityManager } from 'typeorm';
import type { FoldedRow } from './fold.ts';

/** Rows per statement: some megabytes at most. */
const SLICE = 5_000;

/**
 * Stores folded rows.
 *
 * @param replacing whether some of them may be there
 */
export const storeRows = async (
  manager: EntityManager,
  table: string,
  partition: number,
  rows: readonly FoldedRow[],
  replacing: boolean,
): Promise<void> => {
  for (let from = 0; from < rows.length; from += SLICE) {
    const slice = rows.slice(from, from + SLICE);
    await manager.query(
      `insert into ${table} (partition, story_id, key, position, doc)
       select $1::int, r.story_id, r.key, r.position, r.doc::jsonb
       from rows from (unnest($2::text[], $3::text[], $4::bigint[]), json_array_elements($5::json))
         as r (story_id, key, position, doc)
       ${replacing ? 'on conflict (partition, story_id, key) do update set position = excluded.position, doc = excluded.doc' : ''}`,
      [
        partition,
        slice.map(({ storyId }) => storyId),
        slice.map(({ key }) => key),
        slice.map(({ position }) => position),
        // One text: documents as elements of an array would be quoted one by one here, and unquoted there.
        `[${slice.map(({ json }) => json).join()}]`,
      ],
    );
  }
};
