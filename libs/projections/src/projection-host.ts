import type { EventLog } from '@agon/event-store';
import type { DataSource } from 'typeorm';
import { Builder, type BuilderLogger } from './builder.ts';
import { readShown } from './checkpoints.ts';
import { type GenerationLag, readGenerationLags } from './lags.ts';
import { Operations } from './operations.ts';
import { type AdvanceListener, Positions } from './positions.ts';
import type { ProjectionSet } from './prepare-projections.ts';
import { ProjectionRunner } from './projection-runner.ts';
import { WakeQueue } from './wake-queue.ts';

export interface ProjectionHostOptions extends ProjectionSet {
  dataSource: DataSource;
  log: Pick<EventLog, 'readSelected' | 'readStory' | 'heads'>;
  /** Events per transaction; default 500. */
  batch?: number | undefined;
  /** Partitions that fold at once; default 4. Each takes one connection of the data source. */
  concurrency?: number | undefined;
  /**
   * How long a wake waits for more events to fold with, in milliseconds; 0 by default. One fold of several events costs
   * little more than one of a single event; a reader who waits for a position is never held up.
   */
  settleMs?: number | undefined;
  logger?: BuilderLogger | undefined;
}

export interface PartitionLag {
  partition: number;
  /** Last position of the log, as of the last look, at most a second ago. */
  head: number;
  position: number;
}

const BATCH = 500;
const CONCURRENCY = 4;
/** The net under the wakes: how often the heads of the log are compared with the checkpoints. */
const NET_MS = 1000;
/** A partition that another replica folds is looked at again after this. */
const BUSY_MS = 20;
/** Long enough that every connection is opened before the first is free again. */
const WARM_SECONDS = 0.02;

/** Where something fails: a partition, or what is looked at each second. */
type Place = number | 'log' | 'operations';

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Folds all partitions of a service's projections. Call `wake` when a partition has something new; whatever wake got lost
 * is found by one look at the heads of the log each second. Any number of replicas may run: each event is folded once.
 */
export class ProjectionHost {
  private readonly runners = new Map<number, ProjectionRunner>();
  private readonly positions = new Positions();
  private readonly queue: WakeQueue;
  private readonly failing = new Map<Place, string>();
  private readonly retries = new Set<NodeJS.Timeout>();
  private readonly settling = new Map<number, NodeJS.Timeout>();
  private heads = new Map<number, number>();
  private net: NodeJS.Timeout | undefined;
  private look: Promise<void> = Promise.resolve();
  private isLooking = false;
  private generationLags: GenerationLag[] = [];
  private seenLive: string | undefined;
  private readonly builder: Builder;
  private readonly operations: Operations;

  private readonly options: ProjectionHostOptions;

  constructor(options: ProjectionHostOptions) {
    this.options = options;
    this.operations = new Operations(options);
    this.builder = new Builder({ ...options, onSwapped: () => this.forget() });
    this.queue = new WakeQueue(options.concurrency ?? CONCURRENCY, (partition) => this.slice(partition));
  }

  /**
   * Reads all checkpoints in one query, starts to catch up, and keeps looking.
   *
   * @throws ProjectionsNotPreparedError, or what Postgres says when it can't be reached.
   */
  async start(): Promise<void> {
    const { dataSource, log, service, projections, batch = BATCH } = this.options;
    // A service without read models has nothing to look for.
    if (projections.length === 0) return;
    for (const shown of await readShown(dataSource, this.options)) {
      const { partition } = shown;
      const runner = new ProjectionRunner({ dataSource, log, service, projections, partition, batch }, shown);
      this.runners.set(partition, runner);
      this.positions.set(partition, runner.checkpoint);
    }
    this.net = setInterval(() => this.lookAround(), NET_MS);
    this.lookAround();
    await this.look;
  }

  /** Opens as many connections as it may use at once, so that the first folds do not wait for them. */
  async warm(): Promise<void> {
    const { dataSource, concurrency = CONCURRENCY } = this.options;
    await Promise.all(
      Array.from({ length: concurrency }, () => dataSource.query('select pg_sleep($1)', [WARM_SECONDS])),
    );
  }

  /** The partition has new events. Cheap; any number of calls during a fold make one more. */
  wake(partition: number): void {
    const { settleMs = 0 } = this.options;
    if (settleMs === 0) this.wakeNow(partition);
    else if (!this.settling.has(partition)) {
      this.settling.set(
        partition,
        setTimeout(() => this.wakeNow(partition), settleMs),
      );
    }
  }

  /** The position up to which every projection has folded the partition, as last seen here. */
  position(partition: number): number {
    return this.positions.get(partition);
  }

  /** Waits until the partition is folded up to a position: true then, false after the time-out. */
  waitFor(partition: number, position: number, timeoutMs: number): Promise<boolean> {
    if (this.position(partition) < position) this.wakeNow(partition);
    return this.positions.waitFor(partition, position, timeoutMs);
  }

  /** Called after each commit that moved a partition, by this or another replica. Gives the function that ends it. */
  onAdvanced(listener: AdvanceListener): () => void {
    return this.positions.onAdvanced(listener);
  }

  /** Resolves when everything that was woken is folded, and what is being built has been tried. */
  async idle(): Promise<void> {
    await Promise.all([this.queue.idle(), this.builder.idle()]);
  }

  /** Partitions that are not folded up to the head of the log. */
  lag(): PartitionLag[] {
    return [...this.heads]
      .map(([partition, head]) => ({ partition, head, position: this.position(partition) }))
      .filter(({ head, position }) => head > position);
  }

  /** Stories that some projection does not fold any more because of an event that it could not fold. */
  parkedStories(): number {
    return [...this.runners.values()].reduce((sum, runner) => sum + runner.parkedStories, 0);
  }

  /** Every table of the service's projections that is not retired, with its lag, as of the last look. */
  generations(): readonly GenerationLag[] {
    return this.generationLags;
  }

  /** A health indicator: degraded while a partition can't be folded or a story is parked. */
  health(): { state: 'up' | 'degraded'; detail?: string } {
    const parked = this.parkedStories();
    const reasons = [...this.failing.values()].slice(0, 1);
    if (parked > 0) reasons.push(`${parked} parked stories`);
    reasons.push(...this.builder.reasons(), ...this.strangers());
    return reasons.length === 0 ? { state: 'up' } : { state: 'degraded', detail: reasons.join('; ') };
  }

  /** Ends the look-outs and waits for folds under way; what is left is folded after the next start. */
  async stop(): Promise<void> {
    clearInterval(this.net);
    for (const timer of [...this.retries, ...this.settling.values()]) clearTimeout(timer);
    await Promise.all([this.queue.stop(), this.builder.stop(), this.look]);
  }

  /** Versions that are live and that this process does not know: it is older, or the newer ones are not built yet. */
  private strangers(): string[] {
    const { projections } = this.options;
    return this.generationLags
      .filter(({ state, name, version }) => {
        const known = projections.filter((one) => one.name === name).map((one) => one.version);
        return state === 'live' && known.length > 0 && !known.includes(version);
      })
      .map(({ name, version }) => `version ${version} of ${name} is live, which this process does not fold`);
  }

  /** After a swap: every runner reads anew what is live. */
  private forget(): void {
    for (const [partition, runner] of this.runners) {
      runner.forget();
      this.wakeNow(partition);
    }
  }

  private wakeNow(partition: number): void {
    clearTimeout(this.settling.get(partition));
    this.settling.delete(partition);
    if (this.runners.has(partition)) this.queue.wake(partition);
  }

  private async slice(partition: number): Promise<boolean> {
    const runner = this.runners.get(partition);
    if (runner === undefined) return false;
    try {
      const outcome = await runner.step();
      this.failing.delete(partition);
      this.positions.set(partition, runner.checkpoint);
      if (outcome === 'busy') this.lookAgain(partition);
      return outcome === 'more';
    } catch (error) {
      // The net wakes it again within a second.
      this.fail(partition, error);
      return false;
    }
  }

  private lookAgain(partition: number): void {
    const timer = setTimeout(() => {
      this.retries.delete(timer);
      this.queue.wake(partition);
    }, BUSY_MS);
    this.retries.add(timer);
  }

  private lookAround(): void {
    // A retry may take longer than the time between two looks.
    if (this.isLooking) return;
    this.isLooking = true;
    this.look = this.wakeLagging()
      .then(() => this.operate())
      .finally(() => {
        this.isLooking = false;
      });
  }

  private async wakeLagging(): Promise<void> {
    try {
      this.heads = await this.options.log.heads();
      this.failing.delete('log');
    } catch (error) {
      this.fail('log', error);
    }
    for (const { partition } of this.lag()) this.wakeNow(partition);
  }

  /** What is asked for, what is to be built, and how all of it gets on. */
  private async operate(): Promise<void> {
    try {
      if (await this.operations.look()) this.forget();
      await this.builder.look();
      this.generationLags = await readGenerationLags(this.options.dataSource, this.options.service, this.heads);
      // What another replica has swapped or unparked.
      const live = this.generationLags
        .filter(({ state }) => state === 'live')
        .map(({ name, version, generation, parked }) => `${name} ${version} ${generation} ${parked}`)
        .join();
      if (this.seenLive !== undefined && live !== this.seenLive) this.forget();
      this.seenLive = live;
      this.failing.delete('operations');
    } catch (error) {
      this.fail('operations', error);
    }
  }

  private fail(where: Place, error: unknown): void {
    const known = this.failing.has(where);
    this.failing.set(where, `${typeof where === 'number' ? `partition ${where}` : where}: ${message(error)}`);
    // One line when it begins to fail, not one a second.
    if (!known)
      this.options.logger?.warn({ err: error, partition: where }, 'projections can’t be folded; trying again');
  }
}
