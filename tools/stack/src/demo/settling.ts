import type { AgonClient } from '@agon/client';
import type { RefinementStatus } from '@agon/contracts';
import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../wait-until.ts';
import type { Follower } from './follower.ts';
import { SETTLING_LIMIT_MS } from './refinement-demands.ts';

/** Milliseconds between two looks. */
const INTERVAL = 500;
/** Milliseconds in which the stream must tell what the API knows. */
const PATIENCE = 5_000;

export interface Settling {
  readonly client: AgonClient;
  /** The stories, each with the position of its newest answer. */
  readonly stories: readonly { readonly storyId: string; readonly position: number }[];
  /** When the last call was answered, by `performance.now()`. */
  readonly lastCall: number;
  readonly signal: AbortSignal;
  /** Is told how many refinements are open. */
  readonly waiting: (open: number) => void;
  /** Milliseconds between two looks; {@link INTERVAL} if left out. */
  readonly interval?: number;
}

export interface Outcome {
  readonly statuses: ReadonlyMap<string, readonly RefinementStatus[]>;
  /** Milliseconds from the last call to the look that found nothing open, or to the end of patience. */
  readonly settleMs: number;
}

/** Waits until no refinement is open, at most {@link SETTLING_LIMIT_MS} after the last call. */
export async function settled({
  client,
  stories,
  lastCall,
  signal,
  waiting,
  interval = INTERVAL,
}: Settling): Promise<Outcome> {
  const statuses = new Map<string, readonly RefinementStatus[]>();
  let unsettled = stories;
  for (;;) {
    const next: (typeof unsettled)[number][] = [];
    for (const story of unsettled) {
      const told = await client.refinements(story.storyId, { after: story.position, signal });
      statuses.set(story.storyId, told.refinements);
      const isWhole = !told.stale && told.missing.length === 0;
      if (!isWhole || told.refinements.some(({ status }) => status === 'open')) next.push(story);
    }
    const settleMs = performance.now() - lastCall;
    if (next.length === 0 || settleMs > SETTLING_LIMIT_MS) return { statuses, settleMs };
    waiting(openOf(statuses));
    unsettled = next;
    await delay(interval, undefined, { signal });
  }
}

const openOf = (statuses: ReadonlyMap<string, readonly RefinementStatus[]>): number =>
  [...statuses.values()].flat().filter(({ status }) => status === 'open').length;

/** Gives the stream time to tell the end of each of these refinements. */
export async function heardAll(follower: Follower, statuses: readonly RefinementStatus[]): Promise<void> {
  const isHeard = (): boolean =>
    statuses.every(({ status, refinementId }) => status === 'open' || follower.settlements.has(refinementId));
  await waitUntil(isHeard, { timeout: PATIENCE });
}
