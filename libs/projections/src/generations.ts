import type { EntityManager } from 'typeorm';
import type { AnyProjection } from './projection.ts';
import {
  projectionIndexes,
  projectionTable,
  qualifiedTable,
  SCHEMA,
  showTable,
  type TableKey,
  tableName,
} from './tables.ts';

/** `live`: the view shows it. `building`: it is folded from zero beside it. `retired`: it is folded no more. */
export type GenerationState = 'building' | 'live' | 'retired';

/** One table of a projection. */
export interface Generation extends TableKey {
  generation: number;
  state: GenerationState;
}

/** The condition that picks one generation; its values are $1 to $4. */
export const ONE_GENERATION = 'service = $1 and name = $2 and version = $3 and generation = $4';
export const generationValues = (service: string, { name, version, generation }: Required<TableKey>): unknown[] => [
  service,
  name,
  version,
  generation,
];

/** All generations of a service's projections that are known. */
export const readGenerations = (manager: Pick<EntityManager, 'query'>, service: string): Promise<Generation[]> =>
  manager.query<Generation[]>(
    `select name, version, generation, state from ${SCHEMA}.generations where service = $1
     order by name, version, generation`,
    [service],
  );

/** Takes away tables that nobody reads, with all that is known of them. */
export const dropGenerations = async (
  manager: EntityManager,
  service: string,
  generations: readonly Generation[],
): Promise<void> => {
  for (const one of generations) {
    const values = generationValues(service, one);
    // First of all, so that whoever still folds it finds out before its table is gone.
    await manager.query(`delete from ${SCHEMA}.checkpoints where ${ONE_GENERATION}`, values);
    await manager.query(`delete from ${SCHEMA}.parked where ${ONE_GENERATION}`, values);
    await manager.query(`delete from ${SCHEMA}.generations where ${ONE_GENERATION}`, values);
    await manager.query(
      `update ${SCHEMA}.operations set ended_at = now(), outcome = 'given up for a newer build'
       where ${ONE_GENERATION} and kind = 'rebuild' and ended_at is null`,
      values,
    );
    await manager.query(`drop table if exists ${qualifiedTable(service, one)}`);
  }
};

/** Notes a generation, live at once or to be built, at position 0 in each partition. Its table is another matter. */
export const noteGeneration = async (
  manager: EntityManager,
  service: string,
  one: Generation,
  indexed: boolean,
): Promise<void> => {
  await manager.query(
    `insert into ${SCHEMA}.generations (service, name, version, generation, state, indexed)
     values ($1, $2, $3, $4, $5, $6)`,
    [...generationValues(service, one), one.state, indexed],
  );
};

/**
 * Begins to build a projection anew: a fresh table that the host folds from zero, until it takes the place of the live one.
 * What an earlier build left is dropped: the retired tables, and a build of an older version that is not done.
 *
 * @param known all generations of the service
 */
export const beginGeneration = async (
  manager: EntityManager,
  service: string,
  projection: AnyProjection,
  known: readonly Generation[],
  state: 'building' | 'live',
): Promise<Generation> => {
  const { name, version } = projection;
  const same = known.filter((one) => one.name === name);
  const before = same.filter((one) => one.version === version).map(({ generation }) => generation);
  const one: Generation = { name, version, generation: Math.max(0, ...before) + 1, state };
  const table = tableName(service, one);
  await manager.query(projectionTable(table, projection));
  if (state === 'live') await manager.query(projectionIndexes(table, projection));
  // The first of its name has nobody's place to take.
  if (!same.some((other) => other.state === 'live')) await manager.query(showTable(service, one));
  await dropGenerations(
    manager,
    service,
    same.filter((other) => other.state !== 'live'),
  );
  await noteGeneration(manager, service, one, state === 'live');
  return one;
};

/** Gives every generation that is folded a checkpoint in each partition: 0 where it has none. */
export const addCheckpoints = async (manager: EntityManager, service: string, partitions: number): Promise<void> => {
  await manager.query(
    `insert into ${SCHEMA}.checkpoints (service, name, version, generation, partition, position)
     select g.service, g.name, g.version, g.generation, n, 0
     from ${SCHEMA}.generations g, generate_series(0, $2::int - 1) as n
     where g.service = $1 and g.state <> 'retired'
     on conflict do nothing`,
    [service, partitions],
  );
};
