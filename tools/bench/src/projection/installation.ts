import { PgEventLog, createPool, type StoredEvent } from '@agon/event-store';
import { waitUntil } from '@agon/stack';
import { type TestStack, startStack } from '@agon/testing';
import { partitions } from '../publish/protocol.ts';
import { durable } from '../servers.ts';
import { storyOf } from '../stories.ts';
import { copyOf } from './copy.ts';
import { ReadTables } from './read-tables.ts';
import { byStory, playStories } from './record.ts';

/** Longest that anything but playing may take. */
const PATIENCE_MS = 300_000;
const LOOK_MS = 10;
/** Refinements of the last calls have come by then, most of them. */
const SETTLE_MS = 5_000;
const READ_BATCH = 1_000;
/** Stories that are copied side by side: as many as there are connections. */
const WIDTH = 8;

/** An installation of which, after recording, only the gateway goes on: it alone folds the story feed. */
export class FeedInstallation {
  readonly tables: ReadTables;
  private readonly stack: TestStack;
  private readonly pool: ReturnType<typeof createPool>;
  private readonly log: PgEventLog;

  private constructor(stack: TestStack) {
    this.stack = stack;
    this.pool = createPool(stack.postgres.url, 'bench', WIDTH);
    this.log = new PgEventLog(this.pool);
    this.tables = new ReadTables(stack.postgres.url);
  }

  static async start(): Promise<FeedInstallation> {
    return new FeedInstallation(await startStack({ postgres: { settings: durable }, env: { AGON_LLM: 'sim' } }));
  }

  /** Plays stories on the whole installation, then ends all that is not needed any more. */
  async record(stories: number, calls: number, signal: AbortSignal): Promise<StoredEvent[][]> {
    await playStories({ gatewayUrl: this.stack.gatewayUrl, stories, calls, signal });
    const end = performance.now() + SETTLE_MS;
    let head = 0;
    await waitUntil(
      async () => {
        const before = head;
        ({ head } = await this.tables.progress());
        return head === before || performance.now() > end;
      },
      { timeout: SETTLE_MS * 2, interval: 1_000, signal },
    );
    await Promise.all(this.stack.processes.filter(({ name }) => name !== 'gateway').map((process) => process.stop()));
    return byStory(await this.everything());
  }

  /** All events of all partitions. */
  async everything(): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    for (const partition of partitions) {
      for (let position = 0; ;) {
        const batch = await this.log.readPartition(partition, position, READ_BATCH);
        events.push(...batch);
        position = batch.at(-1)?.position ?? position;
        if (batch.length < READ_BATCH) break;
      }
    }
    return events;
  }

  /** Appends copies of stories, of each in turn, while the gateway folds what comes. */
  async copy(recorded: readonly StoredEvent[][], copies: number, signal: AbortSignal): Promise<void> {
    const queue = Array.from({ length: copies }, (_, n) => n).values();
    const work = async (): Promise<void> => {
      for (const n of queue) {
        signal.throwIfAborted();
        const story = recorded[n % recorded.length] ?? [];
        for (const append of copyOf(story, storyOf(`copy${n}`))) {
          const { outcome } = await this.log.append(append);
          if (outcome !== 'appended') throw new Error(`a copied event was not stored: ${outcome}`);
        }
      }
    };
    await Promise.all(Array.from({ length: WIDTH }, work));
  }

  /** Waits until the feed holds the whole log. */
  async caughtUp(signal: AbortSignal): Promise<void> {
    await this.until('the feed has not caught up', signal, async () => {
      const { head, folded } = await this.tables.progress();
      return folded >= head;
    });
  }

  /** Waits until the broker holds the whole log, so that no publishing runs beside what is measured. */
  async published(signal: AbortSignal): Promise<void> {
    await this.until('the log is not published', signal, async () => {
      const response = await fetch(`${this.stack.gatewayUrl}/metrics`);
      const lags = [...(await response.text()).matchAll(/^agon_publish_lag\{.*\} (\d+)$/gm)];
      return lags.length > 0 && lags.every(([, lag]) => lag === '0');
    });
  }

  /** Empties the read tables and starts the gateway anew. @returns events that it folds per second */
  async catchUp(signal: AbortSignal): Promise<number> {
    const gateway = this.stack.process('gateway');
    await gateway.stop();
    await this.tables.empty();
    const starting = gateway.start();
    let first: { at: number; folded: number } | undefined;
    let perSecond = 0;
    await this.until('the feed has not caught up', signal, async () => {
      const { head, folded } = await this.tables.progress();
      const at = performance.now();
      // The gateway starts for a while before it begins to fold.
      if (folded > 0) first ??= { at, folded };
      if (folded < head || first === undefined) return false;
      perSecond = (folded - first.folded) / ((at - first.at) / 1000);
      return true;
    });
    await starting;
    return perSecond;
  }

  /** Has the feed rebuilt beside the live one. @returns events per second */
  async rebuild(signal: AbortSignal): Promise<number> {
    const { head } = await this.tables.progress();
    await this.tables.orderRebuild();
    let seconds = 0;
    await this.until('the feed is not rebuilt', signal, async () => {
      seconds = (await this.tables.rebuilt()) ?? 0;
      return seconds > 0;
    });
    return head / seconds;
  }

  async stop(): Promise<void> {
    await Promise.all([this.pool.end(), this.tables.close()]);
    await this.stack.stop();
  }

  private async until(failure: string, signal: AbortSignal, check: () => Promise<boolean>): Promise<void> {
    const done = await waitUntil(check, { timeout: PATIENCE_MS, interval: LOOK_MS, signal });
    if (!done) throw new Error(`${failure} within ${PATIENCE_MS / 1000} s`);
  }
}
