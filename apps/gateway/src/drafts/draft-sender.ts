import { type RefinementDelta, type WireFeedEntry, isSettlementType } from '@agon/contracts';
import type { Writable } from 'node:stream';

/** Refinements whose newest draft may wait on one connection: more than are written in one story at a time. */
const WAITING_KEPT = 64;
/** Ended refinements that are remembered: a draft can come only shortly after its settlement. */
const SETTLED_KEPT = 256;

/**
 * Sends drafts on one connection of the feed, between its entries and without an id: where a client goes on does not
 * move. What the connection does not take waits, only the newest draft of each refinement.
 */
export class DraftSender {
  private readonly waiting = new Map<string, RefinementDelta>();
  private readonly settled = new Set<string>();

  constructor(private readonly connection: Writable) {
    connection.on('drain', this.flush);
  }

  /** Sends the draft, unless a newer one waits or its refinement has ended on this connection. */
  offer(draft: RefinementDelta): void {
    const { refinementId, sequence } = draft;
    if (this.settled.has(refinementId) || sequence < (this.waiting.get(refinementId)?.sequence ?? 0)) return;
    this.waiting.set(refinementId, draft);
    forgetOldest(this.waiting, WAITING_KEPT);
    this.flush();
  }

  /** Must be told of each entry before it is sent: no draft may follow the end of its refinement. */
  passing({ type, data }: WireFeedEntry): void {
    if (!isSettlementType(type) || typeof data['refinementId'] !== 'string') return;
    this.waiting.delete(data['refinementId']);
    this.settled.add(data['refinementId']);
    forgetOldest(this.settled, SETTLED_KEPT);
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.connection.off('drain', this.flush);
    this.waiting.clear();
  }

  private readonly flush = (): void => {
    for (const [refinementId, draft] of this.waiting) {
      if (this.connection.writableNeedDrain) return;
      this.waiting.delete(refinementId);
      this.connection.write(`event: RefinementDelta\ndata: ${JSON.stringify(draft)}\n\n`);
    }
  };
}

function forgetOldest(kept: Map<string, unknown> | Set<string>, limit: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= limit) return;
    kept.delete(key);
  }
}
