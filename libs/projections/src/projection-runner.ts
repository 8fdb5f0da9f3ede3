import type { EventLog } from '@agon/event-store';
import type { DataSource } from 'typeorm';
import { foldBatch, type FoldedBatch } from './batch.ts';
import { type Checkpoint, readCheckpoints } from './checkpoints.ts';
import type { AnyProjection } from './projection.ts';
import { writeBatch } from './write-batch.ts';

export interface RunnerOptions {
  dataSource: DataSource;
  log: Pick<EventLog, 'readPartition'>;
  service: string;
  /** All that are live, at least one. */
  projections: readonly AnyProjection[];
  partition: number;
  /** Events per transaction. */
  batch: number;
}

/**
 * `more`: the partition moved, and there may be more to fold. `caught-up`: nothing is left. `busy`: another runner is at
 * work on it; ask again.
 */
export type StepOutcome = 'more' | 'caught-up' | 'busy';

const lowest = (checkpoints: readonly Checkpoint[]): number => Math.min(...checkpoints.map(({ position }) => position));

/** The checkpoints after a batch was written. */
const afterBatch = (checkpoints: readonly Checkpoint[], { position, folded }: FoldedBatch): Checkpoint[] =>
  checkpoints.map((checkpoint) => {
    const poison = folded.find((projection) => projection.checkpoint === checkpoint)?.poison ?? [];
    return {
      projection: checkpoint.projection,
      position: Math.max(checkpoint.position, position),
      parked: new Set([...checkpoint.parked, ...poison.map(({ storyId }) => storyId)]),
    };
  });

/**
 * Folds one partition for all live projections of a service. It keeps the checkpoints in mind; the compare-and-set of each
 * write finds out when they are not what they were, and then they are read again.
 */
export class ProjectionRunner {
  private checkpoints: Checkpoint[] | undefined;
  private seen = { position: 0, parked: 0 };

  /** `seen`: where the checkpoints stood when last looked at, for who asks before the first step. */
  constructor(
    private readonly options: RunnerOptions,
    seen: { position: number; parked: number } = { position: 0, parked: 0 },
  ) {
    this.seen = seen;
  }

  /** The lowest checkpoint, as last seen. */
  get checkpoint(): number {
    return this.seen.position;
  }

  /** Stories that are parked, counted for each projection, as last seen. */
  get parkedStories(): number {
    return this.seen.parked;
  }

  /**
   * Reads and folds one batch: the log once, the rows it touches in one query, one write.
   *
   * @throws ProjectionsNotPreparedError, and whatever Postgres or the log throw; asked again, it goes on where it stands.
   */
  async step(): Promise<StepOutcome> {
    const checkpoints = this.checkpoints ?? (await this.refresh());
    try {
      const events = await this.options.log.readPartition(
        this.options.partition,
        lowest(checkpoints),
        this.options.batch,
      );
      if (events.length === 0) return 'caught-up';
      const folded = await foldBatch(this.options.dataSource, this.options, checkpoints, events);
      if (await writeBatch(this.options.dataSource, this.options, folded)) {
        this.see(afterBatch(checkpoints, folded));
        return events.length < this.options.batch ? 'caught-up' : 'more';
      }
    } catch (error) {
      // Whether a write whose connection broke was committed is unknown.
      this.checkpoints = undefined;
      throw error;
    }
    const before = lowest(checkpoints);
    return lowest(await this.refresh()) === before ? 'busy' : 'more';
  }

  /** Folds until nothing is left that this runner may fold. */
  async run(): Promise<StepOutcome> {
    let outcome = await this.step();
    while (outcome === 'more') outcome = await this.step();
    return outcome;
  }

  /** Takes over what any runner has committed. */
  private async refresh(): Promise<Checkpoint[]> {
    const { dataSource, partition } = this.options;
    return this.see(await readCheckpoints(dataSource, this.options, partition));
  }

  private see(checkpoints: Checkpoint[]): Checkpoint[] {
    this.checkpoints = checkpoints;
    this.seen = {
      position: lowest(checkpoints),
      parked: checkpoints.reduce((sum, { parked }) => sum + parked.size, 0),
    };
    return checkpoints;
  }
}
