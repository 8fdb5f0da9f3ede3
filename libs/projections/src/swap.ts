import { setTimeout as delay } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { type Build, buildChunk } from './build-chunk.ts';
import { type Generation, generationValues, ONE_GENERATION, readGenerations } from './generations.ts';
import { projectionIndexes, SCHEMA, showTable, tableName } from './tables.ts';

/** How long the swap waits for readers and folds that are under way; the next try comes within a second. */
const LOCK_TIMEOUT = '2s';
/** Another replica that builds on a partition is done with it soon; milliseconds between looks, and how many. */
const BUSY_MS = 20;
const LOOKS = 100;

/** Makes the indexes of a table that is filled. One replica does, the others find them made. */
export const indexTable = ({ dataSource, service, projection, generation }: Build): Promise<void> =>
  dataSource.transaction(async (manager) => {
    const values = generationValues(service, generation);
    const [found] = await manager.query<{ indexed: boolean }[]>(
      `select indexed from ${SCHEMA}.generations where ${ONE_GENERATION} for update`,
      values,
    );
    if (found?.indexed !== false) return;
    await manager.query('set local statement_timeout = 0');
    await manager.query(projectionIndexes(tableName(service, generation), projection));
    await manager.query(`update ${SCHEMA}.generations set indexed = true where ${ONE_GENERATION}`, values);
  });

const positionsOf = async (
  manager: EntityManager,
  service: string,
  generation: Generation,
  lock: '' | 'for update',
): Promise<Map<number, number>> => {
  const rows = await manager.query<{ partition: number; position: number }[]>(
    `select partition, position::float8 as position from ${SCHEMA}.checkpoints where ${ONE_GENERATION}
     order by partition ${lock}`,
    generationValues(service, generation),
  );
  return new Map(rows.map(({ partition, position }) => [partition, position]));
};

/** Folds until the new table is nowhere behind the old one, whose checkpoints stand still meanwhile. */
const overtake = async (manager: EntityManager, build: Build, old: ReadonlyMap<number, number>): Promise<void> => {
  for (let look = 0; look < LOOKS; look += 1) {
    const reached = await positionsOf(manager, build.service, build.generation, '');
    const behind = [...old].filter(([partition, position]) => (reached.get(partition) ?? 0) < position);
    if (behind.length === 0) return;
    const moved = [];
    for (const [partition, position] of behind) moved.push(await buildChunk(build, partition, position));
    if (moved.includes(undefined)) await delay(BUSY_MS);
  }
  throw new Error(`${tableName(build.service, build.generation)} does not catch up with what is live`);
};

/**
 * Stories that this build parks and the live table of the same version does not: it would take them away from readers.
 * Another version may park what it will; the code that would fold the live one is on its way out.
 */
const newlyParked = async (
  manager: EntityManager,
  { service, generation }: Build,
  { version, generation: old }: Generation,
): Promise<number> => {
  if (version !== generation.version) return 0;
  const [found] = await manager.query<{ count: number }[]>(
    `select count(*)::int as count from ${SCHEMA}.parked p where ${ONE_GENERATION} and not exists (
       select from ${SCHEMA}.parked o where (o.service, o.name, o.version) = (p.service, p.name, p.version)
         and o.generation = $5 and o.partition = p.partition and o.story_id = p.story_id)`,
    [...generationValues(service, generation), old],
  );
  return found?.count ?? 0;
};

/**
 * Puts a built table in the place of the live one. In one transaction the view shows it, the old one is retired, and that
 * one's checkpoints are gone, so that whoever folds it finds out with his next write. They are held from before: the new
 * table is then nowhere behind the old one, and no reader who was told that a position is reached reads an earlier state.
 *
 * @returns `swapped`; `elsewhere` when another replica is at it or has done it; or why it can't be, in words
 * @throws what Postgres says when a reader or a fold holds on for too long; nothing is changed then
 */
export const swap = (build: Build): Promise<'swapped' | 'elsewhere' | { refused: string }> =>
  build.dataSource.transaction(async (manager) => {
    const { service, generation } = build;
    const values = generationValues(service, generation);
    // Who has seen the swap must not find it undone after a crash of Postgres.
    await manager.query('set local synchronous_commit = on');
    await manager.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    const claimed = await manager.query<unknown[]>(
      `select from ${SCHEMA}.generations where ${ONE_GENERATION} and state = 'building' for update skip locked`,
      values,
    );
    if (claimed.length === 0) return 'elsewhere';
    const known = await readGenerations(manager, service);
    const old = known.find(({ name, state }) => name === generation.name && state === 'live');
    if (old !== undefined) {
      await overtake(manager, build, await positionsOf(manager, service, old, 'for update'));
      const parked = await newlyParked(manager, build, old);
      if (parked > 0) return { refused: `it has parked ${parked} stories that the live one folds: retry them` };
      const olds = generationValues(service, old);
      await manager.query(`update ${SCHEMA}.generations set state = 'retired' where ${ONE_GENERATION}`, olds);
      await manager.query(`delete from ${SCHEMA}.checkpoints where ${ONE_GENERATION}`, olds);
      await manager.query(`delete from ${SCHEMA}.parked where ${ONE_GENERATION}`, olds);
    }
    await manager.query(showTable(service, generation));
    await manager.query(
      `update ${SCHEMA}.generations set state = 'live', swapped_at = now() where ${ONE_GENERATION}`,
      values,
    );
    await manager.query(
      `update ${SCHEMA}.operations set ended_at = now(), outcome = 'live'
       where ${ONE_GENERATION} and kind = 'rebuild' and ended_at is null`,
      values,
    );
    return 'swapped';
  });
