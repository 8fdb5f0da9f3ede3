import type { EventLog } from '@agon/event-store';
import type { DataSource } from 'typeorm';
import { foldBatch, type FoldedBatch } from './batch.ts';
import { type Checkpoint, readShown, type Shown } from './checkpoints.ts';
import type { ProjectionSet } from './prepare-projections.ts';
import { writeBatch } from './write-batch.ts';

export interface RunnerOptions extends Omit<ProjectionSet, 'partitions'> {
  dataSource: DataSource;
  log: Pick<EventLog, 'readSelected'>;
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
      ...checkpoint,
      position: Math.max(checkpoint.position, position),
      parked: new Set([...checkpoint.parked, ...poison.map(({ storyId }) => storyId)]),
    };
  });

/**
 * Folds one partition for all live projections of a service. It keeps the checkpoints in mind; the compare-and-set of each
 * write finds out when they are not what they were, and then they are read again: after a swap, with what is live since.
 */
export class ProjectionRunner {
  private readonly options: RunnerOptions;
  private shown: Shown | undefined;
  private isKnown = false;

  /** `shown`: where the checkpoints stood when last looked at, for who asks before the first step. */
  constructor(options: RunnerOptions, shown?: Shown) {
    this.options = options;
    this.shown = shown;
  }

  /** The lowest position of what readers see, as last seen; 0 before the first look. */
  get checkpoint(): number {
    if (this.shown === undefined) return 0;
    return Math.min(lowest(this.shown.live), this.shown.elsewhere);
  }

  /** Stories that are parked, counted for each projection, as last seen. */
  get parkedStories(): number {
    return this.shown?.live.reduce((sum, { parked }) => sum + parked.size, 0) ?? 0;
  }

  /** What is remembered is not to be trusted: the next step reads the checkpoints again. */
  forget(): void {
    this.isKnown = false;
  }

  /**
   * Reads and folds one batch: the log once, of the types that are folded, the rows it touches in one query, one write.
   *
   * @throws ProjectionsNotPreparedError, and whatever Postgres or the log throw; asked again, it goes on where it stands.
   */
  async step(): Promise<StepOutcome> {
    const shown = await this.current();
    if (shown.live.length === 0) return 'caught-up';
    try {
      const { partition, batch } = this.options;
      const from = lowest(shown.live);
      const types = shown.live.flatMap(({ projection }) => projection.handles);
      const { events, upTo } = await this.options.log.readSelected(partition, from, batch, types);
      if (upTo <= from) return 'caught-up';
      const folded = await foldBatch(this.options.dataSource, this.options, shown.live, events, upTo);
      if (await writeBatch(this.options.dataSource, this.options, folded)) {
        this.shown = { ...shown, live: afterBatch(shown.live, folded) };
        return events.length < batch ? 'caught-up' : 'more';
      }
    } catch (error) {
      // Whether a write whose connection broke was committed is unknown.
      this.forget();
      throw error;
    }
    const now = await this.refresh();
    const isSame = now.live.length === shown.live.length && lowest(now.live) === lowest(shown.live);
    return isSame ? 'busy' : 'more';
  }

  /** Folds until nothing is left that this runner may fold. */
  async run(): Promise<StepOutcome> {
    let outcome = await this.step();
    while (outcome === 'more') outcome = await this.step();
    return outcome;
  }

  /** What others fold, nobody tells: where there is such, every step looks. */
  private async current(): Promise<Shown> {
    const { shown } = this;
    return shown !== undefined && this.isKnown && shown.elsewhere === Infinity ? shown : this.refresh();
  }

  /** Takes over what any runner has committed. */
  private async refresh(): Promise<Shown> {
    const { dataSource, service, projections, partition } = this.options;
    const [shown] = await readShown(dataSource, { service, projections, partitions: partition + 1 }, [partition]);
    if (shown === undefined) throw new Error(`partition ${partition} was not read`);
    this.shown = shown;
    this.isKnown = true;
    return shown;
  }
}
