import type { EventLog } from '@agon/event-store';
import { type Build, claimCheckpoint } from './build-chunk.ts';
import { generationValues, ONE_GENERATION } from './generations.ts';
import { OpenFold } from './open-fold.ts';
import { storeRows } from './store-rows.ts';
import { qualifiedTable, SCHEMA } from './tables.ts';

/** Events per read. */
const PAGE = 1_000;

export interface Retry extends Omit<Build, 'log'> {
  log: Pick<EventLog, 'readStory'>;
}

export interface ParkedStory {
  partition: number;
  storyId: string;
  /** Of the event that could not be folded. */
  position: number;
}

/** A story that is folded from zero, as far as it was read. */
class StoryFold {
  readonly open: OpenFold;
  private read = 0;
  private readonly retry: Retry;
  private readonly story: ParkedStory;

  constructor(retry: Retry, story: ParkedStory) {
    this.retry = retry;
    this.story = story;
    this.open = new OpenFold(retry.projection, new Set());
  }

  /** Goes on up to a position, or to the event that can't be folded. */
  async upTo(position: number): Promise<void> {
    const { partition, storyId } = this.story;
    while (this.read < position && this.open.poison.size === 0) {
      const page = await this.retry.log.readStory(partition, storyId, this.read, PAGE);
      const due = page.filter((event) => event.position <= position);
      await this.open.add(due);
      this.read = due.length < PAGE ? position : (due.at(-1)?.position ?? position);
    }
  }
}

/**
 * Folds a parked story again, from its first event, and unparks it where that works. Most is folded beside the runner; for
 * the rest and the write the partition's checkpoint is held.
 *
 * @returns undefined when the story is folded again, else the error that parks it still
 */
export const retryStory = async (retry: Retry, story: ParkedStory): Promise<string | undefined> => {
  const { dataSource, service, generation } = retry;
  const { partition, storyId } = story;
  const folding = new StoryFold(retry, story);
  const [now] = await dataSource.query<{ position: number }[]>(
    `select position::float8 as position from ${SCHEMA}.checkpoints where ${ONE_GENERATION} and partition = $5`,
    [...generationValues(service, generation), partition],
  );
  await folding.upTo(now?.position ?? 0);
  return dataSource.transaction(async (manager) => {
    // Nothing that was folded before the checkpoint is held can change: the log is only ever added to.
    const claimed = await claimCheckpoint(manager, retry, partition, '');
    if (claimed?.parked.includes(storyId) !== true) return undefined;
    await folding.upTo(claimed.position);
    const [poison] = folding.open.poison.values();
    const values = [...generationValues(service, generation), partition, storyId];
    // Readers never see the story go back, even if it now fails earlier than it did.
    if (poison === undefined || poison.position >= story.position) {
      const table = qualifiedTable(service, generation);
      await manager.query(`delete from ${table} where partition = $1 and story_id = $2`, [partition, storyId]);
      await storeRows(manager, table, partition, [...folding.open.rows.values()], false);
    }
    if (poison === undefined)
      await manager.query(
        `delete from ${SCHEMA}.parked where ${ONE_GENERATION} and partition = $5 and story_id = $6`,
        values,
      );
    else
      await manager.query(
        `update ${SCHEMA}.parked set position = greatest(position, $7), error = $8, retries = retries + 1
         where ${ONE_GENERATION} and partition = $5 and story_id = $6`,
        [...values, poison.position, poison.error],
      );
    return poison?.error;
  });
};
