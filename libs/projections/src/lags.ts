import type { DataSource } from 'typeorm';
import { type Generation, type GenerationState, generationValues, ONE_GENERATION } from './generations.ts';
import { SCHEMA } from './tables.ts';

/** How far a generation is behind in one partition. */
export interface Lag {
  partition: number;
  head: number;
  lag: number;
}

/** Where a generation stands in every partition, against the heads of the log. */
export const readLags = async (
  { dataSource, service, generation }: { dataSource: DataSource; service: string; generation: Generation },
  heads: ReadonlyMap<number, number>,
): Promise<Lag[]> => {
  const rows = await dataSource.query<{ partition: number; position: number }[]>(
    `select partition, position::float8 as position from ${SCHEMA}.checkpoints where ${ONE_GENERATION}`,
    generationValues(service, generation),
  );
  return rows.map(({ partition, position }) => {
    const head = heads.get(partition) ?? 0;
    return { partition, head, lag: Math.max(0, head - position) };
  });
};

/** A table of a projection, with what is left to fold for it. */
export interface GenerationLag extends Generation {
  /** Events of all partitions. */
  lag: number;
  parked: number;
}

interface GenerationRow {
  name: string;
  version: number;
  generation: number;
  state: GenerationState;
  parked: number;
  partitions: number[];
  positions: number[];
}

/** What a service's tables that are not retired lack, against the heads of the log. */
export const readGenerationLags = async (
  dataSource: DataSource,
  service: string,
  heads: ReadonlyMap<number, number>,
): Promise<GenerationLag[]> => {
  const rows = await dataSource.query<GenerationRow[]>(
    `select name, version, generation, state, array_agg(c.partition) as partitions,
       array_agg(c.position::float8) as positions,
       (select count(*)::int from ${SCHEMA}.parked p
         where (p.service, p.name, p.version, p.generation) = (g.service, g.name, g.version, g.generation)) as parked
     from ${SCHEMA}.generations g join ${SCHEMA}.checkpoints c using (service, name, version, generation)
     where service = $1 and state <> 'retired' group by service, name, version, generation order by 1, 2, 3`,
    [service],
  );
  return rows.map(({ partitions, positions, ...one }) => ({
    ...one,
    lag: partitions.reduce(
      (sum, partition, index) => sum + Math.max(0, (heads.get(partition) ?? 0) - (positions[index] ?? 0)),
      0,
    ),
  }));
};
