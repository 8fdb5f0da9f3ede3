import { LRUCache } from 'lru-cache';
import type { StoredEvent } from '@agon/event-store';
import type { AnyStreamUse } from './decided.ts';
import { type Aggregate, fold, type StreamFolds } from './stream-folds.ts';

/**
 * The streams that were folded lately, so that a partition's owner decides without a read. A state may be stale: the
 * expected version of the append finds out.
 */
export class Aggregates {
  private readonly cache: LRUCache<string, Aggregate>;

  constructor(
    private readonly folds: StreamFolds,
    size: number,
  ) {
    this.cache = new LRUCache({ max: size });
  }

  async load(partition: number, use: AnyStreamUse): Promise<Aggregate> {
    const cached = this.cache.get(use.streamId);
    // Another fold of the same stream would leave a state of another shape.
    if (cached !== undefined && cached.decider.evolve === use.decider.evolve) return cached;
    const loaded = await this.folds.load(partition, use);
    this.cache.set(use.streamId, loaded);
    return loaded;
  }

  /** The aggregate with the events that were appended to it. */
  advance(use: AnyStreamUse, before: Aggregate, events: readonly StoredEvent[]): void {
    const aggregate = fold(before, use, events);
    this.cache.set(use.streamId, aggregate);
    this.folds.passed(before.version, use, aggregate);
  }

  drop(streamId: string): void {
    this.cache.delete(streamId);
  }

  dropPartition(partition: number): void {
    for (const [streamId, aggregate] of this.cache.entries()) {
      if (aggregate.partition === partition) this.cache.delete(streamId);
    }
  }
}
