/**
 * Runs work per partition: one run at a time for each, at most `concurrency` partitions at once, in the order in which they
 * were woken. Waking a partition that waits changes nothing; waking one that runs makes it run once more.
 */
export class WakeQueue {
  private readonly waiting = new Set<number>();
  /** The partitions at work, and whether each has to run again. */
  private readonly running = new Map<number, boolean>();
  private quiet: (() => void)[] = [];
  private stopped = false;
  private readonly concurrency: number;
  private readonly run: (partition: number) => Promise<boolean>;

  /** `run` does one slice of a partition's work and says whether more is left; it must not reject. */
  constructor(concurrency: number, run: (partition: number) => Promise<boolean>) {
    this.concurrency = concurrency;
    this.run = run;
  }

  wake(partition: number): void {
    if (this.stopped) return;
    if (this.running.has(partition)) this.running.set(partition, true);
    else this.waiting.add(partition);
    this.fill();
  }

  /** Resolves when nothing waits or runs. */
  idle(): Promise<void> {
    if (this.waiting.size === 0 && this.running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.quiet.push(resolve));
  }

  /** Starts nothing more; resolves when what runs has ended its slice. */
  stop(): Promise<void> {
    this.stopped = true;
    this.waiting.clear();
    return this.idle();
  }

  private fill(): void {
    for (const partition of this.waiting) {
      if (this.running.size >= this.concurrency) return;
      this.waiting.delete(partition);
      this.running.set(partition, false);
      void this.turn(partition);
    }
  }

  /** More work goes to the end of the queue, so that a partition far behind does not hold up the others. */
  private async turn(partition: number): Promise<void> {
    const more = await this.run(partition);
    const again = more || this.running.get(partition) === true;
    this.running.delete(partition);
    if (again && !this.stopped) this.waiting.add(partition);
    this.fill();
    if (this.waiting.size > 0 || this.running.size > 0) return;
    for (const resolve of this.quiet.splice(0)) resolve();
  }
}
