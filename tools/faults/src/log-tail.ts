import { type History, type Observed, allOf, readHistory } from '@agon/testing/laws';
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two reads. */
const INTERVAL_MS = 50;

/** Follows the log as a subscription would, past the last position that it has seen; never looks back. */
export class LogTail {
  private history: History = new Map();
  private readonly ended = new AbortController();
  private readonly following: Promise<void>;

  constructor(private readonly observed: Observed) {
    this.following = this.follow();
  }

  async stop(): Promise<void> {
    this.ended.abort();
    await this.following;
  }

  /** Reads to the end of the log. A line per event that a look from zero shows and the tail missed, or the reverse. */
  async compare(log: History): Promise<string[]> {
    await this.stop();
    this.history = await readHistory(this.observed, this.history);
    const [seen, stored] = [namesIn(this.history), namesIn(log)];
    return [
      ...[...stored].filter((name) => !seen.has(name)).map((name) => `a live reader missed ${name}`),
      ...[...seen].filter((name) => !stored.has(name)).map((name) => `a live reader saw ${name}, which is not stored`),
    ];
  }

  private async follow(): Promise<void> {
    while (!this.ended.signal.aborted) {
      // Postgres may be away.
      this.history = await readHistory(this.observed, this.history).catch(() => this.history);
      await delay(INTERVAL_MS);
    }
  }
}

const namesIn = (history: History): Set<string> =>
  new Set(allOf(history).map(({ partition, position, eventId }) => `${partition}/${position} ${eventId}`));
