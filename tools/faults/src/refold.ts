import { type History, type Observed, readHeads } from '@agon/testing/laws';
import { eventually } from '@agon/testing/load';
import type { TestStack } from '@agon/testing';

/** A read model has these columns, whatever its name and version: its tables, and the view that readers use. */
const ROW_COLUMNS = ['partition', 'story_id', 'key', 'position', 'doc'];

async function readModelsOf({ pool }: Observed, kind: 'VIEW' | 'BASE TABLE'): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select format('%I.%I', c.table_schema, c.table_name) as name
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'agon_read' and t.table_type = $2
     group by c.table_schema, c.table_name
     having array_agg(c.column_name::text) @> $1::text[]
     order by 1`,
    [ROW_COLUMNS, kind],
  );
  return rows.map(({ name }) => name);
}

/** Every row that readers see as text, by `<view> <partition>/<story>/<key>`. */
async function dump(observed: Observed): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  for (const view of await readModelsOf(observed, 'VIEW')) {
    const read = await observed.pool.query<{ id: string; row: string }>(
      `select concat_ws(' ', $1::text, concat_ws('/', partition, story_id, key)) as id, t::text as row from ${view} t`,
      [view],
    );
    for (const { id, row } of read.rows) rows.set(id, row);
  }
  return rows;
}

/** The read models as they are, and as they become when the services fold the whole log again: byte-equal. */
export async function refolded(observed: Observed, stack: TestStack, history: History): Promise<string[]> {
  const before = await dump(observed);
  if (before.size === 0) return ['there are no read models: nothing was compared'];
  const { rows: folding } = await observed.pool.query<{ service: string }>(
    'select distinct service from agon_read.checkpoints',
  );
  const running = stack.processes.filter(
    ({ name, pid }) => pid !== undefined && folding.some(({ service }) => `${name}-`.startsWith(`${service}-`)),
  );
  await Promise.all(running.map((process) => process.stop()));
  for (const table of await readModelsOf(observed, 'BASE TABLE')) await observed.pool.query(`truncate ${table}`);
  await observed.pool.query('update agon_read.checkpoints set position = 0');
  await Promise.all(running.map((process) => process.start()));
  let behind = '';
  await eventually(
    'the read models are folded again',
    async () => {
      const { rows } = await observed.pool.query<{ partition: number; position: number }>(
        'select partition, min(position)::float8 as position from agon_read.checkpoints group by partition',
      );
      const positions = new Map(rows.map(({ partition, position }) => [partition, position]));
      const late = [...history].find(([partition, { length }]) => (positions.get(partition) ?? 0) < length);
      behind = late === undefined ? '' : `partition ${late[0]} at ${positions.get(late[0])} of ${late[1].length}`;
      return late === undefined;
    },
    { seen: () => behind },
  );
  const after = await dump(observed);
  const heads = await readHeads(observed);
  return [
    ...[...history]
      .filter(([partition, { length }]) => heads.get(partition) !== length)
      .map(([partition]) => `the log of partition ${partition} grew while nobody played`),
    ...[...before]
      .filter(([id, row]) => after.get(id) !== row)
      .map(([id, row]) => `${id} is ${row}, folded from zero ${after.get(id) ?? 'nothing'}`),
    ...[...after.keys()].filter((id) => !before.has(id)).map((id) => `${id} is missing: folded from zero it is there`),
  ];
}
