import { type AgonClient, type FeedState, initialFeedState, reduceFeed } from '@agon/client';

/** Milliseconds without any entry after which what is missing counts as lost. */
const PATIENCE = 5_000;

/** A second reader of the story: it follows the stream and folds what comes. */
export class Follower {
  private current = initialFeedState();
  private failure: unknown;
  private readonly left = new AbortController();
  private readonly reading: Promise<void>;
  private heard: () => void = () => undefined;

  constructor(client: AgonClient, storyId: string) {
    this.reading = this.read(client, storyId).catch((error: unknown) => {
      this.failure = error;
      this.heard();
    });
  }

  get state(): FeedState {
    return this.current;
  }

  /**
   * The state once it holds every entry up to a position. Waits as long as entries come.
   * @throws when none comes for {@link PATIENCE}, or when the stream has failed
   */
  async reached(position: number): Promise<FeedState> {
    while (this.current.position < position) {
      if (this.failure !== undefined) throw this.failure;
      const before = this.current.position;
      await this.next();
      if (this.current.position === before && this.failure === undefined) {
        throw new Error(`the stream stands at ${before} and does not reach ${position}`);
      }
    }
    return this.current;
  }

  /** Ends the stream. */
  async leave(): Promise<void> {
    this.left.abort();
    await this.reading;
  }

  private async read(client: AgonClient, storyId: string): Promise<void> {
    for await (const entry of client.stream(storyId, { signal: this.left.signal })) {
      this.current = reduceFeed(this.current, entry);
      this.heard();
    }
  }

  /** Until something was heard, or for as long as patience lasts. */
  private next(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE);
      this.heard = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
