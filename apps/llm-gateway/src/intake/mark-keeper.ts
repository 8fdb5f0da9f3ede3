import type { EventLog, StoredEvent } from '@agon/event-store';
import type { MessagingLogger } from '@agon/messaging';
import { SERVICE } from '../service.ts';

/** Between two moves of a partition's mark, in milliseconds: what a crash may lead to be handled again. */
const INTERVAL_MS = 1_000;

/**
 * Moves the service's handled mark. Its handler appends nothing, so that taking in a request costs the log nothing; the mark
 * follows each second in one empty append per partition, which the log takes together.
 */
export class MarkKeeper {
  private readonly handled = new Map<number, StoredEvent>();
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

  /** The event, and all before it in its partition, are done with. */
  note(event: StoredEvent): void {
    // A parked message that is handled late lies before what was noted already.
    if (event.position > (this.handled.get(event.partition)?.position ?? 0)) this.handled.set(event.partition, event);
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
    await Promise.all([...this.handled.values()].map((event) => this.move(event)));
  }

  private async move(event: StoredEvent): Promise<void> {
    const { partition } = event;
    try {
      await this.append(event);
      this.waiting = false;
      if (this.handled.get(partition) === event) this.handled.delete(partition);
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
