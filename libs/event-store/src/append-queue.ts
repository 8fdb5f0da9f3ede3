import type { AppendOutcome, AppendRequest } from './event-log.ts';
import type { PreparedEvent } from './append-request.ts';

/** A statement that takes longer waits for another process or for the disk: the next begins beside it; in milliseconds. */
const LONG_MS = 5;
/** How long an append waits for its turn, in milliseconds; as long as for a connection. */
const PATIENCE_MS = 5_000;
/** Events that go together, at most: others wait for the partitions that they go to. */
const TOGETHER = 128;

/** Too many appends wait for the partition: a writer that holds its head row hangs. The same append may succeed later. */
export class PartitionBusyError extends Error {
  /** `lock_not_available` */
  readonly code = '55P03';

  constructor(partition: number) {
    super(`the appends to partition ${partition} wait for a writer that does not end`);
  }
}

/** A checked append. */
export interface PreparedAppend {
  readonly request: AppendRequest;
  readonly events: readonly PreparedEvent[];
}

/** How appends are stored. */
export interface AppendLanes {
  /** Waits for other writers of the partition, and says whatever the outcome is. */
  readonly alone: (append: PreparedAppend) => Promise<AppendOutcome>;
  /**
   * Several of one service, of different partitions, in one transaction.
   * @returns for each its outcome, or undefined where nothing was stored and it has to be appended alone
   */
  readonly together: (appends: readonly PreparedAppend[]) => Promise<readonly (AppendOutcome | undefined)[]>;
}

interface Waiting extends PreparedAppend {
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Puts together what a busy process appends at the same time: one statement and one sync of the disk for all that came
 * while the last was under way. An append that comes alone goes at once. A partition has one append under way, so a writer
 * that hangs in one partition holds a connection, not all of those that the other partitions need.
 */
export class AppendQueue {
  readonly #lanes: AppendLanes;
  /** By partition, in order. */
  readonly #waiting = new Map<number, Waiting[]>();
  readonly #busy = new Set<number>();
  /** Under way, and not for long. */
  #statements = 0;
  #scheduled = false;

  constructor(lanes: AppendLanes) {
    this.#lanes = lanes;
  }

  /** @throws PartitionBusyError, and what the lanes throw */
  append(append: PreparedAppend): Promise<AppendOutcome> {
    return new Promise((resolve, reject) => {
      const { partition } = append.request;
      const timer = setTimeout(() => {
        this.#remove(partition, waiting);
        reject(new PartitionBusyError(partition));
      }, PATIENCE_MS);
      const waiting = { ...append, resolve, reject, timer };
      const line = this.#waiting.get(partition);
      if (line === undefined) this.#waiting.set(partition, [waiting]);
      else line.push(waiting);
      if (!this.#scheduled) this.#start();
    });
  }

  #start(): void {
    if (this.#statements > 0) return;
    const next = this.#next();
    if (next.length > 0) void this.#run(next);
  }

  /** Once all that the last answers set off has had its chance to append: it goes together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#start();
    });
  }

  /** The first of every partition that has none under way, of one service. */
  #next(): Waiting[] {
    const next: Waiting[] = [];
    let events = 0;
    for (const [partition, [first]] of this.#waiting) {
      if (first === undefined || this.#busy.has(partition)) continue;
      if (first.request.service !== (next[0] ?? first).request.service) continue;
      events += first.events.length;
      if (next.length > 0 && events > TOGETHER) break;
      next.push(first);
    }
    for (const waiting of next) {
      clearTimeout(waiting.timer);
      this.#remove(waiting.request.partition, waiting);
      this.#busy.add(waiting.request.partition);
    }
    return next;
  }

  #remove(partition: number, waiting: Waiting): void {
    const line = this.#waiting.get(partition)?.filter((other) => other !== waiting) ?? [];
    // A partition that has had its turn goes behind the others.
    this.#waiting.delete(partition);
    if (line.length > 0) this.#waiting.set(partition, line);
  }

  async #run(appends: readonly Waiting[]): Promise<void> {
    this.#statements += 1;
    let counted = true;
    const makeRoom = (): void => {
      if (counted) this.#statements -= 1;
      counted = false;
      this.#schedule();
    };
    const timer = setTimeout(makeRoom, LONG_MS);
    const [only, second] = appends;
    if (only !== undefined && second === undefined) await this.#alone(only);
    else await this.#together(appends);
    clearTimeout(timer);
    makeRoom();
  }

  async #alone(append: Waiting): Promise<void> {
    try {
      append.resolve(await this.#lanes.alone(append));
    } catch (error) {
      append.reject(error);
    }
    this.#busy.delete(append.request.partition);
  }

  async #together(appends: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#lanes.together(appends);
      for (const [n, append] of appends.entries()) {
        const outcome = outcomes[n];
        if (outcome === undefined) {
          void this.#run([append]);
          continue;
        }
        append.resolve(outcome);
        this.#busy.delete(append.request.partition);
      }
    } catch (error) {
      for (const append of appends) {
        append.reject(error);
        this.#busy.delete(append.request.partition);
      }
    }
  }
}
