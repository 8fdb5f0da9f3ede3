import { type AgonClient, type FeedState, initialFeedState, reduceFeed, reduceItems } from '@agon/client';
import { type FeedEntry, type Item, type SettlementType, isSettlementType } from '@agon/contracts';

/** Milliseconds without any entry after which what is missing counts as lost. */
const PATIENCE = 5_000;

/** A feed entry that ends a refinement. */
export type Settlement = Extract<FeedEntry, { type: SettlementType }>;
const isSettlement = (entry: FeedEntry): entry is Settlement => isSettlementType(entry.type);

/** A settlement as a player meets it. */
export interface Settled {
  readonly entry: Settlement;
  /** The text that it is of, as it stood before; undefined where the refinement is of no text. */
  readonly before: Item | undefined;
  /** Milliseconds from hearing that text to this. */
  readonly ms: number;
}

/** What a reader of the stream has learned of a story's texts. */
export interface Heard {
  /** Each text as it was told first, by item. */
  readonly first: ReadonlyMap<string, Item>;
  /** The newest revision of each. */
  readonly items: ReadonlyMap<string, Item>;
  /** By refinement. */
  readonly settlements: ReadonlyMap<string, Settlement>;
}

/** A second reader of the story: it follows the stream and folds what comes. */
export class Follower implements Heard {
  readonly storyId: string;
  readonly first = new Map<string, Item>();
  readonly settlements = new Map<string, Settlement>();
  private readonly firstHeard = new Map<string, number>();
  private readonly onSettled: (settled: Settled) => void;
  private current = initialFeedState();
  private revised: ReadonlyMap<string, Item> = new Map();
  private failure: unknown;
  private readonly left = new AbortController();
  private readonly reading: Promise<void>;
  private heard: () => void = () => undefined;

  /** @param onSettled is told of each refinement that ends */
  constructor(client: AgonClient, storyId: string, onSettled: (settled: Settled) => void = () => undefined) {
    this.storyId = storyId;
    this.onSettled = onSettled;
    this.reading = this.read(client).catch((error: unknown) => {
      this.failure = error;
      this.heard();
    });
  }

  get state(): FeedState {
    return this.current;
  }

  get items(): ReadonlyMap<string, Item> {
    return this.revised;
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

  private async read(client: AgonClient): Promise<void> {
    for await (const entry of client.stream(this.storyId, { signal: this.left.signal })) {
      this.current = reduceFeed(this.current, entry);
      this.hear(entry);
      this.heard();
    }
  }

  private hear(entry: FeedEntry): void {
    const before = this.revised;
    this.revised = reduceItems(before, entry);
    for (const item of entry.items) {
      if (item.revision > 0 || this.first.has(item.itemId)) continue;
      this.first.set(item.itemId, item);
      this.firstHeard.set(item.itemId, performance.now());
    }
    if (!isSettlement(entry) || this.settlements.has(entry.data.refinementId)) return;
    this.settlements.set(entry.data.refinementId, entry);
    const itemId = entry.data.itemId ?? '';
    const since = this.firstHeard.get(itemId) ?? performance.now();
    this.onSettled({ entry, before: before.get(itemId), ms: performance.now() - since });
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
