import { WireFeedEntry } from '@agon/contracts';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { eventually } from './eventually.ts';

/**
 * Follows a story's feed as a browser does: after each lost connection the next one, to the next gateway, names the last
 * id that came. Keeps everything that came, doubles too.
 */
export class FeedFollower {
  readonly entries: WireFeedEntry[] = [];
  /** Connections that brought at least one entry. */
  connections = 0;
  private readonly ended = new AbortController();
  private readonly following: Promise<void>;

  /** @param cutEvery entries after which the connection is cut from this side; never if left out */
  constructor(
    private readonly urls: readonly string[],
    private readonly storyId: string,
    private readonly cutEvery = Infinity,
  ) {
    this.following = this.follow();
  }

  get ids(): number[] {
    return this.entries.map(({ position }) => position);
  }

  /** Waits until an entry at or past the position has come. */
  reached(position: number): Promise<void> {
    const seen = () => ({ entries: this.entries.length, last: this.entries.at(-1)?.position, wanted: position });
    return eventually('the stream brings the newest entry', () => (this.ids.at(-1) ?? 0) >= position, { seen });
  }

  async stop(): Promise<void> {
    this.ended.abort();
    await this.following;
  }

  private async follow(): Promise<void> {
    for (let turn = 0; !this.ended.signal.aborted; turn += 1) {
      const url = this.urls[turn % this.urls.length] ?? '';
      // A gateway that is away refuses at once; the next turn asks the other one.
      await this.connection(url).catch(() => new Promise((resolve) => setTimeout(resolve, 20)));
    }
  }

  private async connection(url: string): Promise<void> {
    const cut = new AbortController();
    const last = this.entries.at(-1)?.position;
    const response = await fetch(`${url}/v1/stories/${this.storyId}/stream`, {
      headers: last === undefined ? {} : { 'last-event-id': String(last) },
      signal: AbortSignal.any([cut.signal, this.ended.signal]),
    });
    if (response.body === null) throw new Error('no stream');
    const before = this.entries.length;
    const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { id, event, data } of events) {
      if (event === 'RefinementDelta') continue;
      const entry = WireFeedEntry.parse(JSON.parse(data));
      if (id !== String(entry.position) || event !== entry.type)
        throw new Error(`entry ${entry.position} came as ${id}`);
      this.entries.push(entry);
      if (this.entries.length === before + 1) this.connections += 1;
      if (this.entries.length - before >= this.cutEvery) cut.abort();
    }
  }
}
