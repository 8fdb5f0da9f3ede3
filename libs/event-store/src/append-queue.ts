import type { AppendOutcome, AppendRequest } from './event-log.ts';
import type { PreparedEvent } from './append-request.ts';

/** A statement that takes longer waits for another process or for the disk: the next begins beside it; in milliseconds. */
const LONG_MS = 5;
/** How long an append waits for its turn, in milliseconds; as long as for a connection. */
const PATIENCE_MS = 5_000;
/** Events that go together, at most: others wait. */
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
   * Several of one service, those of a partition for different stories, in one transaction.
   * @returns for each its outcome, or undefined where nothing was stored and it has to be appended alone
   */
  readonly together: (appends: readonly PreparedAppend[]) => Promise<readonly (AppendOutcome | undefined)[]>;
}

interface Waiting extends PreparedAppend {
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** What no two appends of one statement may both name: in it, neither sees what the other does. */
const namesOf = ({ request, events }: PreparedAppend): string[] => [
  request.storyId,
  ...request.expected.keys(),
  ...events.map(({ event }) => event.streamId),
];

/**
 * Puts together what a busy process appends at the same time: one statement and one sync of the disk for all that came
 * while the last was under way. An append that comes alone goes at once. A partition is in one statement at a time, so a
 * writer that hangs in one partition holds a connection, not all of those that the other partitions need.
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
    if (next.length > 0) void this.#run(() => (next.length > 1 ? this.#together(next) : this.#inTurn(next)));
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

  /** Of every partition that has nothing under way the first for each story, of one service. */
  #next(): Waiting[] {
    const next: Waiting[] = [];
    let events = 0;
    for (const [partition, line] of this.#waiting) {
      if (this.#busy.has(partition)) continue;
      const named = new Set<string>();
      for (const waiting of line) {
        const { service } = waiting.request;
        const names = namesOf(waiting);
        const isBehind = names.some((name) => named.has(name));
        for (const name of names) named.add(name);
        if (isBehind || service !== (next[0] ?? waiting).request.service) continue;
        events += waiting.events.length;
        if (next.length > 0 && events > TOGETHER) return this.#take(next);
        next.push(waiting);
      }
    }
    return this.#take(next);
  }

  #take(next: Waiting[]): Waiting[] {
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

  async #run(store: () => Promise<void>): Promise<void> {
    this.#statements += 1;
    let counted = true;
    const makeRoom = (): void => {
      if (counted) this.#statements -= 1;
      counted = false;
      this.#schedule();
    };
    const timer = setTimeout(makeRoom, LONG_MS);
    await store();
    clearTimeout(timer);
    makeRoom();
  }

  /** Those of one partition, each alone. */
  async #inTurn(appends: readonly Waiting[]): Promise<void> {
    const begun = performance.now();
    for (const append of appends) {
      try {
        if (performance.now() - begun > PATIENCE_MS) throw new PartitionBusyError(append.request.partition);
        append.resolve(await this.#lanes.alone(append));
      } catch (error) {
        append.reject(error);
      }
    }
    for (const { request } of appends) this.#busy.delete(request.partition);
  }

  async #together(appends: readonly Waiting[]): Promise<void> {
    const left = new Map<number, Waiting[]>();
    try {
      const outcomes = await this.#lanes.together(appends);
      for (const [n, append] of appends.entries()) {
        const outcome = outcomes[n];
        const { partition } = append.request;
        if (outcome === undefined) left.set(partition, [...(left.get(partition) ?? []), append]);
        else append.resolve(outcome);
      }
    } catch (error) {
      for (const append of appends) append.reject(error);
    }
    for (const { request } of appends) if (!left.has(request.partition)) this.#busy.delete(request.partition);
    for (const line of left.values()) void this.#run(() => this.#inTurn(line));
  }
}
