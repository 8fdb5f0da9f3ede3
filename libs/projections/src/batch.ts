import type { StoredEvent } from '@agon/event-store';
import type { DataSource } from 'typeorm';
import type { Checkpoint } from './checkpoints.ts';
import { fold, type FoldResult, planFold } from './fold.ts';
import { prepared } from './prepared.ts';
import { readTouchedRows, type StoredRow } from './read-touched-rows.ts';

/** What one projection makes of a batch, and the checkpoint that this rests on. */
export interface FoldedProjection extends FoldResult {
  checkpoint: Checkpoint;
}

/** A batch that is folded and not yet written. */
export interface FoldedBatch {
  /** Where the checkpoints are to stand. */
  position: number;
  /** The projections that were behind this position. */
  folded: readonly FoldedProjection[];
}

/**
 * Folds a batch onto the rows as they are, up to a position before which there are no other events to fold. Nothing is locked: should another runner change the rows meanwhile, then it has
 * moved the checkpoints too, and writing the batch changes nothing.
 */
export const foldBatch = async (
  dataSource: DataSource,
  at: { service: string; partition: number },
  checkpoints: readonly Checkpoint[],
  events: readonly StoredEvent[],
  position = events.at(-1)?.position ?? 0,
): Promise<FoldedBatch> => {
  const behind = checkpoints.filter((checkpoint) => checkpoint.position < position);
  const plans = behind.map((checkpoint) => ({
    ...planFold(checkpoint.projection, events, checkpoint.position, checkpoint.parked),
    generation: checkpoint.generation,
  }));
  const before = await readTouchedRows((sql, values) => prepared<StoredRow>(dataSource, sql, values), at, plans);
  const folded = behind.map((checkpoint, index) => {
    const plan = plans[index];
    const result = plan === undefined ? { rows: [], poison: [] } : fold(plan, before[index] ?? new Map());
    return { checkpoint, ...result };
  });
  return { position, folded };
};
