import type { DataSource } from 'typeorm';
import { ProjectionsNotPreparedError } from './errors.ts';
import type { ProjectionSet } from './prepare-projections.ts';
import { prepared } from './prepared.ts';
import type { AnyProjection } from './projection.ts';
import { SCHEMA } from './tables.ts';

/** Where one live projection stands in a partition. */
export interface Checkpoint {
  projection: AnyProjection;
  position: number;
  /** Stories that it does not fold any more. */
  parked: ReadonlySet<string>;
}

type Live = Pick<ProjectionSet, 'service' | 'projections'>;

interface CheckpointRow {
  name: string;
  version: number;
  position: number;
  parked: string[];
}

const liveParameters = ({ service, projections }: Live): [string, string[], number[]] => [
  service,
  projections.map(({ name }) => name),
  projections.map(({ version }) => version),
];

/**
 * The checkpoints of a partition as last committed. Positions come as float8, exact to 2^53.
 *
 * @throws ProjectionsNotPreparedError when one is missing.
 */
export const readCheckpoints = async (dataSource: DataSource, live: Live, partition: number): Promise<Checkpoint[]> => {
  const rows = await prepared<CheckpointRow>(
    dataSource,
    `select c.name, c.version, c.position::float8 as position, array(
       select p.story_id from ${SCHEMA}.parked p
       where (p.service, p.name, p.version, p.partition) = (c.service, c.name, c.version, c.partition)
     ) as parked
     from ${SCHEMA}.checkpoints c
     where c.service = $1 and (c.name, c.version) in (select * from unnest($2::text[], $3::int[])) and c.partition = $4`,
    [...liveParameters(live), partition],
  );
  return live.projections.map((projection) => {
    const row = rows.find(({ name, version }) => name === projection.name && version === projection.version);
    if (row === undefined) throw new ProjectionsNotPreparedError(live.service);
    return { projection, position: row.position, parked: new Set(row.parked) };
  });
};

/** How far all live projections of a service have come in a partition, and how many stories they have parked. */
export interface Progress {
  partition: number;
  position: number;
  parked: number;
}

/**
 * The progress of every partition, in one query.
 *
 * @throws ProjectionsNotPreparedError when a checkpoint is missing.
 */
export const readProgress = async (
  dataSource: DataSource,
  { service, projections, partitions }: ProjectionSet,
): Promise<Progress[]> => {
  const rows = await dataSource.query<(Progress & { live: number })[]>(
    `with live as (select * from unnest($2::text[], $3::int[]) as l (name, version))
     select c.partition, min(c.position)::float8 as position, count(*)::int as live, (
       select count(*)::int from ${SCHEMA}.parked p join live using (name, version)
       where p.service = $1 and p.partition = c.partition
     ) as parked
     from ${SCHEMA}.checkpoints c join live using (name, version)
     where c.service = $1 and c.partition < $4
     group by c.partition`,
    [...liveParameters({ service, projections }), partitions],
  );
  if (rows.length < partitions || rows.some(({ live }) => live < projections.length))
    throw new ProjectionsNotPreparedError(service);
  return rows.map(({ partition, position, parked }) => ({ partition, position, parked }));
};
