import type { EventLog, StoredEvent, StoryAt } from '@agon/event-store';
import { pause } from './back-off.ts';
import { fieldsOf, type MessageHandler, type Settled } from './handle-message.ts';
import { Limit } from './limit.ts';
import type { MessagingLogger } from './logger.ts';
import type { MessagingMetrics } from './metrics.ts';

export interface RedriverOptions {
  service: string;
  log: EventLog;
  handler: Pick<MessageHandler, 'handle'>;
  metrics: MessagingMetrics;
  logger: MessagingLogger;
  /** Between two looks for what is asked for, in milliseconds; 1,000 when absent. */
  intervalMs?: number | undefined;
}

/** Stories that are redriven at a time; the players' messages want connections, too. */
const WIDTH = 2;
/** Between two counts of the parked stories, in milliseconds: it reads all of them. */
const COUNT_MS = 10_000;

/**
 * Handles the parked messages of the stories for which an operator has asked, in order, by the same code as the consumers.
 * Every replica does: the log lets one of them handle each message.
 */
export class Redriver {
  private readonly stopping = new AbortController();
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly width = new Limit(WIDTH);
  private running: Promise<void> = Promise.resolve();
  private countedAt = -Infinity;
  private failing = false;

  constructor(private readonly options: RedriverOptions) {}

  start(): void {
    this.running = this.run();
  }

  /** Stops after the messages in hand; what is left stays asked for. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.look();
      await pause(this.options.intervalMs ?? 1_000, signal);
    }
    await Promise.all(this.underWay.values());
  }

  private async look(): Promise<void> {
    const { service, log, metrics, logger } = this.options;
    try {
      for (const story of await log.requestedRedrives(service)) this.begin(story);
      if (performance.now() - this.countedAt >= COUNT_MS) {
        metrics.parkedStories(await log.parkedStories(service));
        this.countedAt = performance.now();
      }
      this.failing = false;
    } catch (error) {
      if (!this.failing) logger.warn({ err: error }, 'what is asked for of parked messages can not be read');
      this.failing = true;
    }
  }

  private begin(story: StoryAt): void {
    const key = `${story.partition} ${story.storyId}`;
    if (this.underWay.has(key)) return;
    const redriven = this.width.run(() => this.redrive(story)).finally(() => this.underWay.delete(key));
    this.underWay.set(key, redriven);
  }

  /** Message by message, until the story has none, one fails, or the request is gone: another replica failed. */
  private async redrive(story: StoryAt): Promise<void> {
    const { service, log, logger } = this.options;
    const { signal } = this.stopping;
    try {
      while (!signal.aborted) {
        const first = await log.firstParked(service, story);
        if (first === undefined || first.redriveRequestedAt === null) return;
        const [stored] = await log.readAt(story.partition, [first.position]);
        if (stored === undefined) throw new Error(`the log holds no message ${first.position}`);
        const settled = await this.options.handler.handle(stored, () => undefined, signal);
        if (settled === 'interrupted') return;
        if (settled === 'parked') return this.failed(stored);
        await this.done(stored, settled);
      }
    } catch (error) {
      logger.warn({ ...story, err: error }, 'a redrive waits, and begins again');
    } finally {
      // The next look counts anew.
      this.countedAt = -Infinity;
    }
  }

  private failed(stored: StoredEvent): void {
    const { metrics, logger } = this.options;
    metrics.redriven(stored.type, 'failed');
    logger.error(fieldsOf(stored), 'the redrive failed, and the story stays parked');
  }

  private async done(stored: StoredEvent, settled: Settled): Promise<void> {
    const { metrics, logger } = this.options;
    if (settled !== 'handled' && !(await this.unpark(stored))) return;
    metrics.redriven(stored.type, 'handled');
    logger.info(fieldsOf(stored), 'the parked message is handled');
  }

  /** A handler that appended nothing has left its message parked. Whether it was this call that unparked it. */
  private async unpark({ partition, storyId, correlationId, position }: StoredEvent): Promise<boolean> {
    const { service, log } = this.options;
    const nothing = { partition, service, storyId, correlationId, expected: new Map(), events: [] };
    return (await log.append({ ...nothing, handles: position })).outcome === 'appended';
  }
}
