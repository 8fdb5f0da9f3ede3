import type { DataSource } from 'typeorm';
import { ProjectionsNotPreparedError } from './errors.ts';
import type { ProjectionSet } from './prepare-projections.ts';
import { prepared } from './prepared.ts';
import type { AnyProjection } from './projection.ts';
import { SCHEMA } from './tables.ts';

/** Where one live projection stands in a partition. */
export interface Checkpoint {
  projection: AnyProjection;
  generation: number;
  position: number;
  /** Stories that it does not fold any more. */
  parked: ReadonlySet<string>;
}

/** What readers see of a partition, and who folds it. */
export interface Shown {
  partition: number;
  /** What is live and known here: folded in step. */
  live: Checkpoint[];
  /** Lowest position of what readers see and others fold: a version that is not known here, or a first build. */
  elsewhere: number;
}

interface ShownRow {
  partition: number;
  name: string;
  version: number;
  generation: number;
  state: 'live' | 'building';
  position: number;
  parked: string[];
}

const shownOf = (
  { service, projections }: Pick<ProjectionSet, 'service' | 'projections'>,
  partition: number,
  rows: readonly ShownRow[],
): Shown => {
  const shown: Shown = { partition, live: [], elsewhere: Infinity };
  for (const name of new Set(projections.map((projection) => projection.name))) {
    const [row] = rows.filter((one) => one.name === name).toSorted((a, b) => (a.state < b.state ? 1 : -1));
    if (row === undefined) throw new ProjectionsNotPreparedError(service);
    const projection = projections.find((one) => one.name === name && one.version === row.version);
    if (projection !== undefined && row.state === 'live') {
      const { generation, position, parked } = row;
      shown.live.push({ projection, generation, position, parked: new Set(parked) });
    } else shown.elsewhere = Math.min(shown.elsewhere, row.position);
  }
  return shown;
};

/**
 * The checkpoints of what readers see as last committed, of one partition or of all, in one query. Positions come as
 * float8, exact to 2^53.
 *
 * @throws ProjectionsNotPreparedError when one is missing.
 */
export const readShown = async (
  dataSource: DataSource,
  set: ProjectionSet,
  only: readonly number[] = Array.from({ length: set.partitions }, (_, partition) => partition),
): Promise<Shown[]> => {
  const rows = await prepared<ShownRow>(
    dataSource,
    `select c.partition, c.name, c.version, c.generation, g.state, c.position::float8 as position, array(
       select p.story_id from ${SCHEMA}.parked p
       where (p.service, p.name, p.version, p.generation, p.partition)
         = (c.service, c.name, c.version, c.generation, c.partition)
     ) as parked
     from ${SCHEMA}.generations g
     join ${SCHEMA}.checkpoints c using (service, name, version, generation)
     where g.service = $1 and g.name = any ($2::text[]) and g.state <> 'retired' and c.partition = any ($3::int[])`,
    [set.service, set.projections.map(({ name }) => name), only],
  );
  const byPartition = Map.groupBy(rows, ({ partition }) => partition);
  return only.map((partition) => shownOf(set, partition, byPartition.get(partition) ?? []));
};
