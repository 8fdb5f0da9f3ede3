import {
  RefinementOwner,
  RefinementStatus,
  type RefinementStatusWord,
  type StoryRefinements,
  boardAnswer,
} from '@agon/contracts';
import { QueryClient } from '@agon/messaging';
import { Injectable } from '@nestjs/common';
import { Round } from './round.ts';

const statuses = boardAnswer(RefinementStatus);

/** Asks the owners of refinements where those of a story stand. */
@Injectable()
export class RefinementsReader {
  constructor(private readonly queries: QueryClient) {}

  /**
   * By when they were asked for, of each owner at most the newest 1,000. Every part is at least as new as `after`, or the whole is marked stale. A service that
   * is away is named.
   * @param status only those that stand so
   */
  async read(storyId: string, after: number, status?: RefinementStatusWord): Promise<StoryRefinements> {
    const round = new Round(this.queries, 'refinements', {
      storyId,
      after,
      ...(status === undefined ? {} : { status }),
    });
    const parts = await Promise.all(RefinementOwner.options.map((owner) => round.ask(owner, statuses)));
    return { ...round.outcome(), refinements: parts.flat().sort(byRequest) };
  }
}

function byRequest(a: RefinementStatus, b: RefinementStatus): number {
  if (a.requestedAt !== b.requestedAt) return a.requestedAt < b.requestedAt ? -1 : 1;
  return a.refinementId < b.refinementId ? -1 : 1;
}
