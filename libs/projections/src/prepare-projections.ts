import type { DataSource, EntityManager } from 'typeorm';
import { addCheckpoints, beginGeneration, type Generation, noteGeneration, readGenerations } from './generations.ts';
import type { AnyProjection } from './projection.ts';
import { ADD_GENERATIONS, SCHEMA, SHARED_TABLES, showTable, tableName, viewName } from './tables.ts';

/** Key of the advisory lock that serialises changes of the schema `agon_read`: "aread" in ASCII. */
const SCHEMA_LOCK = 0x6172656164;

/** What a service folds over which part of the log. */
export interface ProjectionSet {
  service: string;
  /** Of one projection several versions may be given: the older ones are folded as long as they are live. */
  projections: readonly AnyProjection[];
  /** How many partitions there are: 0 to `partitions` - 1. */
  partitions: number;
}

const assertDistinct = (tables: readonly string[]): void => {
  const twice = tables.find((table, index) => tables.indexOf(table) !== index);
  if (twice !== undefined) throw new Error(`two projections share the table ${twice}`);
};

/** The projections in the newest version that is given of each. */
export const newestOf = (projections: readonly AnyProjection[]): AnyProjection[] => [
  ...new Map(projections.toSorted((a, b) => a.version - b.version).map((one) => [one.name, one])).values(),
];

/** Runs what changes the schema, one process at a time; the others wait and find it done. */
export const changingSchema = <Result>(
  dataSource: DataSource,
  change: (manager: EntityManager) => Promise<Result>,
): Promise<Result> =>
  dataSource.transaction(async (manager) => {
    await manager.query('select pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
    return change(manager);
  });

/** Not `create … if not exists` each time: on an index that takes a lock which waits for every writer. */
const makeSharedTables = async (manager: EntityManager): Promise<void> => {
  const [found] = await manager.query<{ made: boolean; old: boolean }[]>(
    `select to_regclass('${SCHEMA}.operations') is not null as made,
       to_regclass('${SCHEMA}.checkpoints') is not null as old`,
  );
  if (found?.made === true) return;
  if (found?.old === true) await manager.query(ADD_GENERATIONS);
  await manager.query(SHARED_TABLES);
};

/**
 * A projection that is the first of its name is shown from the start; so is its service's first fold, which needs nobody's
 * place. All others are built beside what is live.
 */
const prepare = async (
  manager: EntityManager,
  service: string,
  projection: AnyProjection,
  known: readonly Generation[],
  isNew: boolean,
): Promise<void> => {
  const current = known.filter(({ name, state }) => name === projection.name && state !== 'retired');
  if (current.some(({ version }) => version >= projection.version)) return;
  const [table] = await manager.query<{ made: boolean }[]>(`select to_regclass($1) is not null as made`, [
    `${SCHEMA}.${tableName(service, projection)}`,
  ]);
  if (table?.made === true && !known.some(({ name }) => name === projection.name)) {
    // Made before there were generations.
    const { name, version } = projection;
    await manager.query(showTable(service, projection));
    await noteGeneration(manager, service, { name, version, generation: 1, state: 'live' }, true);
  } else await beginGeneration(manager, service, projection, known, isNew ? 'live' : 'building');
};

/**
 * Makes the tables, views and checkpoints that the projections miss, and leaves what exists alone. Safe with several
 * processes at once. A new version, or a new projection of a service that has folded before, is left to the host to build.
 * A version older than the one that is live is not made again.
 *
 * @throws when two projections share name and version, a name does not fit, or Postgres can't be reached.
 */
export const prepareProjections = async (
  dataSource: DataSource,
  { service, projections, partitions }: ProjectionSet,
): Promise<void> => {
  assertDistinct(projections.map((projection) => tableName(service, projection)));
  assertDistinct(newestOf(projections).map(({ name }) => viewName(service, name)));
  await changingSchema(dataSource, async (manager) => {
    await makeSharedTables(manager);
    const known = await readGenerations(manager, service);
    const [moved] = await manager.query<{ any: boolean }[]>(
      `select exists (select from ${SCHEMA}.checkpoints where service = $1 and position > 0) as any`,
      [service],
    );
    for (const projection of newestOf(projections))
      await prepare(manager, service, projection, known, moved?.any !== true);
    await addCheckpoints(manager, service, partitions);
  });
};
