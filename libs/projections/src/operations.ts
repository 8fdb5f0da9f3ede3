import type { EventLog } from '@agon/event-store';
import type { DataSource, EntityManager } from 'typeorm';
import { addCheckpoints, beginGeneration, type Generation, readGenerations } from './generations.ts';
import { changingSchema, newestOf, type ProjectionSet } from './prepare-projections.ts';
import { type ParkedStory, retryStory } from './retry-story.ts';
import { SCHEMA } from './tables.ts';

export interface OperationsOptions extends ProjectionSet {
  dataSource: DataSource;
  log: Pick<EventLog, 'readStory'>;
}

interface Operation {
  id: string;
  kind: 'rebuild' | 'retry';
  name: string;
  /** The version to rebuild; else the newest that whoever takes it knows. */
  version: number | null;
  /** The story to retry; else all that are parked. */
  story_id: string | null;
}

/** A retry whose service ended in the middle of it is taken up again after this. */
const RETRY_LEASE = '30 seconds';

/** Does what an operator asks for, once over all replicas. */
export class Operations {
  private readonly options: OperationsOptions;

  constructor(options: OperationsOptions) {
    this.options = options;
  }

  /**
   * Takes up what is open and can be done here.
   *
   * @returns whether anything was done
   */
  async look(): Promise<boolean> {
    const { dataSource, service } = this.options;
    const open = await dataSource.query<Operation[]>(
      `select id, kind, name, version, story_id from ${SCHEMA}.operations
       where service = $1 and ended_at is null
         and (taken_at is null or kind = 'retry' and taken_at < now() - interval '${RETRY_LEASE}')
       order by id`,
      [service],
    );
    let done = false;
    for (const operation of open)
      done = (await (operation.kind === 'rebuild' ? this.rebuild(operation) : this.retry(operation))) || done;
    return done;
  }

  /** A service that is older than what is live leaves it to the newer one, unless it was asked for its version. */
  private async rebuild({ id, name, version }: Operation): Promise<boolean> {
    const { dataSource, service, projections, partitions } = this.options;
    const projection = newestOf(projections.filter((one) => version === null || one.version === version)).find(
      (one) => one.name === name,
    );
    if (projection === undefined) return false;
    return changingSchema(dataSource, async (manager) => {
      if (!(await this.isOpen(manager, id))) return false;
      const known = await readGenerations(manager, service);
      const same = known.filter((one) => one.name === name);
      const isOlder = same.some((one) => one.state === 'live' && one.version > projection.version);
      if (version === null && isOlder) return false;
      const underWay = same.find((one) => one.state === 'building' && one.version >= projection.version);
      const generation = underWay ?? (await beginGeneration(manager, service, projection, known, 'building'));
      await addCheckpoints(manager, service, partitions);
      await manager.query(
        `update ${SCHEMA}.operations set taken_at = now(), version = $2, generation = $3 where id = $1`,
        [id, generation.version, generation.generation],
      );
      return true;
    });
  }

  private async isOpen(manager: EntityManager, id: string): Promise<boolean> {
    const open = await manager.query<unknown[]>(
      `select from ${SCHEMA}.operations where id = $1 and taken_at is null for update skip locked`,
      [id],
    );
    return open.length > 0;
  }

  private async retry({ id, name, story_id: storyId }: Operation): Promise<boolean> {
    const { dataSource, service, projections } = this.options;
    const generations = await readGenerations(dataSource.manager, service);
    const folded = generations.flatMap((generation) => {
      const projection = projections.find((one) => one.name === name && one.version === generation.version);
      const isFolded = generation.name === name && generation.state !== 'retired';
      return isFolded && projection !== undefined ? [{ generation, projection }] : [];
    });
    if (folded.length === 0 || !(await this.lease(id))) return false;
    let unparked = 0;
    const failed: string[] = [];
    for (const one of folded)
      for (const story of await this.parkedStories(one.generation, storyId)) {
        const error = await retryStory({ ...this.options, ...one }, story);
        if (error === undefined) unparked += 1;
        else failed.push(`${story.storyId} (${error})`);
        await dataSource.query(`update ${SCHEMA}.operations set taken_at = now() where id = $1`, [id]);
      }
    const failures = failed.length === 0 ? '' : `; parked again: ${failed.join(', ')}`;
    await dataSource.query(`update ${SCHEMA}.operations set ended_at = now(), outcome = $2 where id = $1`, [
      id,
      `${unparked} unparked${failures}`,
    ]);
    return true;
  }

  private async lease(id: string): Promise<boolean> {
    const [, count] = await this.options.dataSource.query<[unknown[], number]>(
      `update ${SCHEMA}.operations set taken_at = now() where id = $1 and ended_at is null
         and (taken_at is null or taken_at < now() - interval '${RETRY_LEASE}')`,
      [id],
    );
    return count === 1;
  }

  private parkedStories({ name, version, generation }: Generation, storyId: string | null): Promise<ParkedStory[]> {
    return this.options.dataSource.query<ParkedStory[]>(
      `select partition, story_id as "storyId", position::float8 as position from ${SCHEMA}.parked
       where service = $1 and name = $2 and version = $3 and generation = $4 and ($5::text is null or story_id = $5)
       order by partition, story_id`,
      [this.options.service, name, version, generation, storyId],
    );
  }
}
