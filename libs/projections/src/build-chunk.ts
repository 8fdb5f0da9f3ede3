import type { EventLog, StoredEvent } from '@agon/event-store';
import { setImmediate as breathe } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { type Generation, generationValues, ONE_GENERATION } from './generations.ts';
import { OpenFold } from './open-fold.ts';
import type { AnyProjection } from './projection.ts';
import { readTouchedRows } from './read-touched-rows.ts';
import { storeRows } from './store-rows.ts';
import { qualifiedTable, SCHEMA } from './tables.ts';

/** Events per read: some milliseconds of parsing and folding, so that the process answers others in between. */
const PAGE = 1_000;
/** Pages per transaction. It bounds what is held in memory, and what a crash has folded for nothing. */
const PAGES = 20;

export interface Build {
  dataSource: DataSource;
  log: Pick<EventLog, 'readSelected'>;
  service: string;
  projection: AnyProjection;
  generation: Generation;
  /** Events per read, and reads per transaction. */
  page?: number | undefined;
  pages?: number | undefined;
}

/** Reads pages of the types that the projection handles; the next one is on its way while one is folded. */
async function* pagesOf(
  { log, projection, page: size = PAGE, pages = PAGES }: Build,
  partition: number,
  after: number,
): AsyncGenerator<StoredEvent[]> {
  const read = async (from: number): Promise<StoredEvent[]> =>
    (await log.readSelected(partition, from, size, projection.handles)).events;
  let next = read(after);
  for (let page = 1; page <= pages; page += 1) {
    const events = await next;
    const last = events.at(-1);
    const isLast = last === undefined || events.length < size;
    if (!isLast && page < pages) {
      next = read(last.position);
      // Whoever stops in between does not wait for it.
      next.catch(() => undefined);
    }
    yield events;
    if (isLast) return;
    await breathe();
  }
}

interface Claimed {
  position: number;
  parked: string[];
}

/** The generation's checkpoint in a partition, held until the transaction ends; none while another replica holds it. */
export const claimCheckpoint = async (
  manager: EntityManager,
  { service, generation }: Pick<Build, 'service' | 'generation'>,
  partition: number,
  wait: 'skip locked' | '' = 'skip locked',
): Promise<Claimed | undefined> => {
  const [claimed] = await manager.query<Claimed[]>(
    `select position::float8 as position, array(
       select story_id from ${SCHEMA}.parked where ${ONE_GENERATION} and partition = $5
     ) as parked
     from ${SCHEMA}.checkpoints where ${ONE_GENERATION} and partition = $5 for update ${wait}`,
    [...generationValues(service, generation), partition],
  );
  return claimed;
};

/**
 * Folds the next events of a partition into a table that is being built, in one transaction which holds the checkpoint: of
 * several replicas one is at work on a partition, and a crash leaves it as it was. Every row is written once.
 *
 * @param head a position that the log has reached; the checkpoint gets there, or a chunk further
 * @returns where the checkpoint stands, or undefined when another replica holds it or there is none any more
 */
export const buildChunk = (build: Build, partition: number, head: number): Promise<number | undefined> =>
  build.dataSource.transaction(async (manager) => {
    const { service, projection, generation, page: size = PAGE, pages = PAGES } = build;
    const claimed = await claimCheckpoint(manager, build, partition);
    if (claimed === undefined) return undefined;
    const { position: from } = claimed;
    const open = new OpenFold(projection, new Set(claimed.parked));
    const at = { service, partition };
    let position = from;
    let events = 0;
    for await (const page of pagesOf(build, partition, from)) {
      await open.add(page, async (plan) => {
        if (from === 0) return new Map();
        const [rows] = await readTouchedRows((sql, values) => manager.query(sql, [...values]), at, [
          { ...plan, generation: generation.generation },
        ]);
        return rows ?? new Map();
      });
      position = page.at(-1)?.position ?? position;
      events += page.length;
    }
    // The log was read to its end.
    if (events < size * pages) position = Math.max(position, head);
    if (position === from) return from;
    const replacing = from > 0 && projection.feed !== true;
    await storeRows(manager, qualifiedTable(service, generation), partition, [...open.rows.values()], replacing);
    const values = [...generationValues(service, generation), partition];
    for (const { storyId, position: stop, error } of open.poison.values())
      await manager.query(
        `insert into ${SCHEMA}.parked (service, name, version, generation, partition, story_id, position, error)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [...values, storyId, stop, error],
      );
    await manager.query(`update ${SCHEMA}.checkpoints set position = $6 where ${ONE_GENERATION} and partition = $5`, [
      ...values,
      position,
    ]);
    return position;
  });
