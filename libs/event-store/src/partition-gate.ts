/** Appends to one partition that a process has under way at once: one that holds the head row, and one that is next. */
const WIDTH = 2;
/** How long an append waits for its turn, in milliseconds; as long as for a connection. */
const PATIENCE_MS = 5_000;

/** Too many appends wait for the partition: a writer that holds its head row hangs. The same append may succeed later. */
export class PartitionBusyError extends Error {
  /** `lock_not_available` */
  readonly code = '55P03';

  constructor(partition: number) {
    super(`the appends to partition ${partition} wait for a writer that does not end`);
  }
}

interface Turn {
  running: number;
  readonly waiting: Set<() => void>;
}

/**
 * Keeps the appends that wait behind a writer stuck in one partition from holding every connection of the process: those
 * of the other partitions need them. Appends of a partition come one after another anyway.
 */
export class PartitionGate {
  readonly #turns = new Map<number, Turn>();

  /** @throws PartitionBusyError */
  async run<T>(partition: number, append: () => Promise<T>): Promise<T> {
    const turn = this.#turns.get(partition) ?? { running: 0, waiting: new Set() };
    this.#turns.set(partition, turn);
    if (turn.running < WIDTH) turn.running += 1;
    else await this.#wait(partition, turn);
    try {
      return await append();
    } finally {
      const [next] = turn.waiting;
      if (next === undefined) turn.running -= 1;
      else next();
      if (turn.running === 0) this.#turns.delete(partition);
    }
  }

  /** Takes over the place of one that has ended. */
  #wait(partition: number, { waiting }: Turn): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        waiting.delete(begin);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(begin);
        reject(new PartitionBusyError(partition));
      }, PATIENCE_MS);
      waiting.add(begin);
    });
  }
}
