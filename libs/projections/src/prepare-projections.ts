import type { DataSource } from 'typeorm';
import type { AnyProjection } from './projection.ts';
import { makeSharedTables, refuseForeignTables } from './read-roles.ts';
import { projectionTable, SCHEMA, SCHEMA_LOCK, tableName } from './tables.ts';

/** What a service folds over which part of the log. */
export interface ProjectionSet {
  service: string;
  projections: readonly AnyProjection[];
  /** How many partitions there are: 0 to `partitions` - 1. */
  partitions: number;
}

const assertDistinct = (tables: readonly string[]): void => {
  const twice = tables.find((table, index) => tables.indexOf(table) !== index);
  if (twice !== undefined) throw new Error(`two projections share the table ${twice}`);
};

/**
 * Makes the tables and checkpoints that the projections miss, and leaves what exists alone. Safe with several processes at
 * once: one makes them, the others wait for an advisory lock and find them made. A new projection starts at position 0.
 *
 * @throws when two projections share name and version, a name does not fit, a table is another role's, or Postgres can't
 * be reached.
 */
export const prepareProjections = async (
  dataSource: DataSource,
  { service, projections, partitions }: ProjectionSet,
): Promise<void> => {
  assertDistinct(projections.map((projection) => tableName(service, projection)));
  await dataSource.transaction(async (manager) => {
    await manager.query('select pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
    await makeSharedTables(manager);
    await refuseForeignTables(manager, service);
    const existing = await manager.query<{ tablename: string }[]>(
      'select tablename from pg_tables where schemaname = $1',
      [SCHEMA],
    );
    const known = new Set(existing.map(({ tablename }) => tablename));
    // Not `create … if not exists`: on an index that takes a lock which waits for every writer.
    for (const projection of projections) {
      const table = tableName(service, projection);
      if (!known.has(table)) await manager.query(projectionTable(table, projection));
    }
    await manager.query(
      `insert into ${SCHEMA}.checkpoints (service, name, version, partition, position)
       select $1, p.name, p.version, n, 0
       from unnest($2::text[], $3::int[]) as p (name, version), generate_series(0, $4::int - 1) as n
       on conflict do nothing`,
      [service, projections.map(({ name }) => name), projections.map(({ version }) => version), partitions],
    );
  });
};
