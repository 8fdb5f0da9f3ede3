import type { EventLog } from '@agon/event-store';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { type Build, buildChunk } from './build-chunk.ts';
import { type Generation, readGenerations } from './generations.ts';
import { readLags } from './lags.ts';
import type { ProjectionSet } from './prepare-projections.ts';
import { indexTable, swap } from './swap.ts';

export interface BuilderOptions extends ProjectionSet {
  dataSource: DataSource;
  log: Pick<EventLog, 'readSelected' | 'heads'>;
  logger?: BuilderLogger | undefined;
  /** Called after a swap that this process has made. */
  onSwapped: () => void;
}

export interface BuilderLogger {
  warn(details: object, message: string): void;
  info?(details: object, message: string): void;
}

/** Partitions at once: while Postgres writes one, the next is read and folded. The live projections keep the other connections. */
const LANES = 2;
/** Where another replica holds all that is left, in milliseconds. */
const BUSY_MS = 50;
/** Events in all that may be left when the swap is tried: it folds them while the live projection stands still. */
const NEAR = 1_000;

const idOf = ({ name, version, generation }: Generation): string => `${name} v${version} generation ${generation}`;

/**
 * Folds what is being built, beside the live projections, and swaps it in once it has caught up. It goes on where an earlier
 * process stopped, and shares the partitions with other replicas.
 */
export class Builder {
  private readonly options: BuilderOptions;
  private readonly underWay = new Set<string>();
  /** One build after the other: each may take half of the connections. */
  private last: Promise<void> = Promise.resolve();
  /** Why a build does not get on, by what it builds. */
  private readonly failing = new Map<string, string>();
  private stopped = false;

  constructor(options: BuilderOptions) {
    this.options = options;
  }

  /** Starts what is to be built and known here, and not under way. */
  async look(): Promise<void> {
    const { dataSource, service, projections } = this.options;
    const generations = await readGenerations(dataSource.manager, service);
    for (const id of this.failing.keys())
      if (!generations.some((one) => idOf(one) === id && one.state === 'building')) this.failing.delete(id);
    for (const generation of generations) {
      const { name, version, state } = generation;
      const projection = projections.find((one) => one.name === name && one.version === version);
      const id = idOf(generation);
      if (state !== 'building' || projection === undefined || this.stopped || this.underWay.has(id)) continue;
      this.last = this.last
        .then(() => this.build({ ...this.options, projection, generation }, id))
        .finally(() => this.underWay.delete(id));
      this.underWay.add(id);
    }
  }

  /** Why builds do not get on. */
  reasons(): string[] {
    return [...this.failing.values()];
  }

  /** Resolves when nothing is under way; what waits for another replica ends too. */
  async idle(): Promise<void> {
    await this.last;
  }

  /** Ends with the chunks under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.idle();
  }

  private async build(build: Build, id: string): Promise<void> {
    if (this.stopped) return;
    try {
      await this.catchUp(build);
      if (this.stopped) return;
      await indexTable(build);
      // Indexing took its time.
      await this.catchUp(build);
      if (this.stopped) return;
      const outcome = await swap(build);
      if (typeof outcome === 'object') return this.fail(id, outcome.refused);
      this.failing.delete(id);
      if (outcome === 'elsewhere') return;
      this.options.logger?.info?.({ projection: id }, 'a projection was built and is live');
      this.options.onSwapped();
    } catch (error) {
      // The next look tries again, where it stands.
      this.fail(id, error instanceof Error ? error.message : String(error));
    }
  }

  private async catchUp(build: Build): Promise<void> {
    while (!this.stopped) {
      const lags = await readLags(build, await this.options.log.heads());
      if (lags.reduce((sum, { lag }) => sum + lag, 0) <= NEAR) return;
      const left = lags.filter(({ lag }) => lag > 0);
      let moved = false;
      const lane = async (): Promise<void> => {
        for (let next = left.shift(); next !== undefined && !this.stopped; next = left.shift())
          if ((await buildChunk(build, next.partition, next.head)) !== undefined) moved = true;
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      if (!moved) await delay(BUSY_MS);
    }
  }

  private fail(id: string, reason: string): void {
    const text = `${id} is not built: ${reason}`;
    const isNews = this.failing.get(id) !== text;
    this.failing.set(id, text);
    if (isNews) this.options.logger?.warn({ projection: id, reason }, 'a projection can’t be built; trying again');
  }
}
