export type AdvanceListener = (partition: number, position: number) => void;

interface Waiter {
  position: number;
  reached: () => void;
}

/** How far each partition is folded, and who waits for it. */
export class Positions {
  private readonly positions = new Map<number, number>();
  private readonly waiters = new Map<number, Set<Waiter>>();
  private readonly listeners = new Set<AdvanceListener>();

  get(partition: number): number {
    return this.positions.get(partition) ?? 0;
  }

  /** A lower position (a checkpoint that was set back) is taken over silently. */
  set(partition: number, position: number): void {
    const before = this.get(partition);
    this.positions.set(partition, position);
    if (position <= before) return;
    for (const waiter of this.waiters.get(partition) ?? []) if (waiter.position <= position) waiter.reached();
    for (const listener of this.listeners) listener(partition, position);
  }

  /** Listeners must not throw. Gives the function that takes the listener off. */
  onAdvanced(listener: AdvanceListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** True as soon as the partition has reached the position, false after the time-out. */
  waitFor(partition: number, position: number, timeoutMs: number): Promise<boolean> {
    if (this.get(partition) >= position) return Promise.resolve(true);
    const waiters = this.waiters.get(partition) ?? new Set();
    this.waiters.set(partition, waiters);
    return new Promise((resolve) => {
      const end = (reached: boolean): void => {
        clearTimeout(timer);
        waiters.delete(waiter);
        resolve(reached);
      };
      const waiter = { position, reached: () => end(true) };
      const timer = setTimeout(() => end(false), timeoutMs);
      waiters.add(waiter);
    });
  }
}
