import type { EventLog, StoredEvent } from '@agon/event-store';
import type { MessagingLogger } from '@agon/messaging';
import { SERVICE } from '../service.ts';

/** Between two moves of a partition's mark, in milliseconds: what a crash may lead to be handled again. */
const INTERVAL_MS = 1_000;

interface Taken {
  readonly event: StoredEvent;
  /** Nothing of it is outstanding any more. */
  done: boolean;
}

/**
 * Moves the service's handled mark. Its handler appends nothing, so that taking in a request costs the log nothing; the mark
 * follows each second in one empty append per partition, which the log takes together.
 */
export class MarkKeeper {
  /** By partition what was taken in and is not behind the mark yet, in order. */
  private readonly taken = new Map<number, Taken[]>();
  private readonly timer: NodeJS.Timeout;
  private last: Promise<void> = Promise.resolve();
  private waiting = false;

  constructor(
    private readonly log: EventLog,
    private readonly logger: MessagingLogger,
    intervalMs = INTERVAL_MS,
  ) {
    this.timer = setInterval(() => void this.flush(), intervalMs);
  }

  /**
   * The event was taken in, after all before it in its partition.
   * @param outstanding the mark does not pass the event before it is settled, either way: what it stands for would be lost
   *   with the process.
   */
  note(event: StoredEvent, outstanding?: Promise<unknown>): void {
    const line = this.taken.get(event.partition) ?? [];
    this.taken.set(event.partition, line);
    // A parked message that is handled late lies before what was noted already.
    if (event.position <= (line.at(-1)?.event.position ?? 0)) return;
    const taken: Taken = { event, done: outstanding === undefined };
    line.push(taken);
    const settle = (): void => {
      taken.done = true;
    };
    outstanding?.then(settle, settle);
  }

  /** Moves the marks of all partitions that were noted since the last time; what fails is left for the next time. */
  flush(): Promise<void> {
    this.last = this.last.then(() => this.moveAll());
    return this.last;
  }

  /** Moves them for the last time. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private async moveAll(): Promise<void> {
    await Promise.all([...this.taken.values()].map((line) => this.move(line)));
  }

  private async move(line: Taken[]): Promise<void> {
    const first = line.findIndex(({ done }) => !done);
    const count = first === -1 ? line.length : first;
    const event = line[count - 1]?.event;
    if (event === undefined) return;
    const { partition } = event;
    try {
      await this.append(event);
      this.waiting = false;
      line.splice(0, count);
    } catch (error) {
      // Postgres away is one line, not one for each.
      if (!this.waiting) this.logger.warn({ partition, err: error }, 'the handled mark can not be moved');
      this.waiting = true;
    }
  }

  private async append({ partition, position, storyId, correlationId }: StoredEvent): Promise<void> {
    // "already-handled" is fine: another replica was faster.
    await this.log.append({
      partition,
      service: SERVICE,
      storyId,
      correlationId,
      handles: position,
      expected: new Map(),
      events: [],
    });
  }
}
