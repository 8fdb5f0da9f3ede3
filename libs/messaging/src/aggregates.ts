import { LRUCache } from 'lru-cache';
import type { EventLog, StoredEvent } from '@agon/event-store';
import type { AnyStreamUse } from './decided.ts';

/** A folded stream. Version 0: it does not exist yet. */
export interface Aggregate {
  readonly partition: number;
  readonly version: number;
  readonly state: unknown;
  readonly decider: AnyStreamUse['decider'];
}

/** Folds the events that the decider knows into the state; the version follows all of them. */
export const fold = (aggregate: Aggregate, use: AnyStreamUse, events: readonly StoredEvent[]): Aggregate => {
  let { state, version } = aggregate;
  for (const stored of events) {
    const event = use.select(stored);
    if (event !== undefined) state = use.decider.evolve(state, event);
    version = stored.version;
  }
  return { ...aggregate, state, version };
};

/**
 * The streams that were folded lately, so that a partition's owner decides without a read. A state may be stale: the
 * expected version of the append finds out.
 */
export class Aggregates {
  private readonly cache: LRUCache<string, Aggregate>;

  constructor(
    private readonly log: EventLog,
    size: number,
  ) {
    this.cache = new LRUCache({ max: size });
  }

  async load(partition: number, use: AnyStreamUse): Promise<Aggregate> {
    const cached = this.cache.get(use.streamId);
    // Another fold of the same stream would leave a state of another shape.
    if (cached !== undefined && cached.decider.evolve === use.decider.evolve) return cached;
    const empty = { partition, version: 0, state: use.decider.initialState(), decider: use.decider };
    const loaded = fold(empty, use, await this.log.readStream(partition, use.streamId));
    this.cache.set(use.streamId, loaded);
    return loaded;
  }

  keep(streamId: string, aggregate: Aggregate): void {
    this.cache.set(streamId, aggregate);
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
