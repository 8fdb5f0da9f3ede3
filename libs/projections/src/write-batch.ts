import type { DataSource } from 'typeorm';
import type { FoldedBatch, FoldedProjection } from './batch.ts';
import { Parameters } from './parameters.ts';
import { prepared } from './prepared.ts';
import { qualifiedTable, SCHEMA } from './tables.ts';

/** The statement's placeholders for the service and the partition. */
interface At {
  service: string;
  partition: string;
}

/** Whatever the batch writes is written only if every checkpoint moved. */
const IF_MOVED = 'where exists (select from moved)';

/**
 * The compare-and-set. A checkpoint counts only if it stands where it was read, with as many stories parked, and nobody is
 * at work on it (one that was retired has none): `skip locked` spares the loser of a race the wait for a write that would only tell it that it lost. Either
 * all move or none.
 */
const moveCheckpoints = ({ folded, position }: FoldedBatch, at: At, parameters: Parameters): string => {
  const names = parameters.add(folded.map(({ checkpoint }) => checkpoint.projection.name));
  const versions = parameters.add(folded.map(({ checkpoint }) => checkpoint.projection.version));
  const generations = parameters.add(folded.map(({ checkpoint }) => checkpoint.generation));
  const from = parameters.add(folded.map(({ checkpoint }) => checkpoint.position));
  const parked = parameters.add(folded.map(({ checkpoint }) => checkpoint.parked.size));
  const to = parameters.add(position);
  return `unmoved as (
      select c.service, c.name, c.version, c.generation, c.partition
      from unnest(${names}::text[], ${versions}::int[], ${generations}::int[], ${from}::bigint[], ${parked}::bigint[])
        as r (name, version, generation, position, parked)
      join ${SCHEMA}.checkpoints c using (name, version, generation)
      where c.service = ${at.service} and c.partition = ${at.partition}
        and c.position = r.position
        and r.parked = (
          select count(*) from ${SCHEMA}.parked p
          where (p.service, p.name, p.version, p.generation, p.partition)
            = (c.service, c.name, c.version, c.generation, c.partition)
        )
      for update of c skip locked
    ),
    moved as (
      update ${SCHEMA}.checkpoints c set position = ${to} from unmoved u
      where (c.service, c.name, c.version, c.generation, c.partition)
          = (u.service, u.name, u.version, u.generation, u.partition)
        and (select count(*) from unmoved) = ${parameters.add(folded.length)}::int
      returning 1
    )`;
};

const upsert = (table: string, { rows }: FoldedProjection, { partition }: At, parameters: Parameters): string => {
  const stories = parameters.add(rows.map(({ storyId }) => storyId));
  const keys = parameters.add(rows.map(({ key }) => key));
  const positions = parameters.add(rows.map(({ position }) => position));
  const docs = parameters.add(rows.map(({ json }) => json));
  return `insert into ${table} (partition, story_id, key, position, doc)
    select ${partition}::int, r.story_id, r.key, r.position, r.doc::jsonb
    from unnest(${stories}::text[], ${keys}::text[], ${positions}::bigint[], ${docs}::text[])
      as r (story_id, key, position, doc)
    ${IF_MOVED}
    on conflict (partition, story_id, key) do update set position = excluded.position, doc = excluded.doc`;
};

const park = ({ checkpoint, poison }: FoldedProjection, { service, partition }: At, parameters: Parameters): string => {
  const name = parameters.add(checkpoint.projection.name);
  const version = parameters.add(checkpoint.projection.version);
  const generation = parameters.add(checkpoint.generation);
  const stories = parameters.add(poison.map(({ storyId }) => storyId));
  const positions = parameters.add(poison.map(({ position }) => position));
  const errors = parameters.add(poison.map(({ error }) => error));
  return `insert into ${SCHEMA}.parked (service, name, version, generation, partition, story_id, position, error)
    select ${service}, ${name}, ${version}::int, ${generation}::int, ${partition}::int, r.*
    from unnest(${stories}::text[], ${positions}::bigint[], ${errors}::text[]) as r
    ${IF_MOVED}`;
};

/**
 * Writes a folded batch in one statement, which is one transaction: rows, parked stories and checkpoints. False when
 * another runner holds or has moved a checkpoint; nothing is changed then.
 */
export const writeBatch = async (
  dataSource: DataSource,
  { service, partition }: { service: string; partition: number },
  batch: FoldedBatch,
): Promise<boolean> => {
  const parameters = new Parameters();
  const at = { service: parameters.add(service), partition: parameters.add(partition) };
  const parts = [moveCheckpoints(batch, at, parameters)];
  batch.folded.forEach((folded, index) => {
    const { projection, generation } = folded.checkpoint;
    const table = qualifiedTable(service, { ...projection, generation });
    if (folded.rows.length > 0) parts.push(`rows_${index} as (${upsert(table, folded, at, parameters)})`);
    if (folded.poison.length > 0) parts.push(`parked_${index} as (${park(folded, at, parameters)})`);
  });
  const sql = `with ${parts.join(',\n')} select count(*)::int as moved from moved`;
  const [result] = await prepared<{ moved: number }>(dataSource, sql, parameters.values);
  return result?.moved === batch.folded.length;
};
