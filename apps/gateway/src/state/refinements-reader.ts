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
   * By when they were asked for. Every part is at least as new as `after`, or the whole is marked stale. A service that
   * is away is named.
   * @param status only those that stand so
   */
  async read(storyId: string, after: number, status?: RefinementStatusWord): Promise<StoryRefinements> {
    const round = new Round(this.queries, 'refinements', { storyId, after });
    const parts = await Promise.all(RefinementOwner.options.map((owner) => round.ask(owner, statuses)));
    const refinements = parts.flat().filter((refinement) => status === undefined || refinement.status === status);
    return { ...round.outcome(), refinements: refinements.sort(byRequest) };
  }
}

function byRequest(a: RefinementStatus, b: RefinementStatus): number {
  if (a.requestedAt !== b.requestedAt) return a.requestedAt < b.requestedAt ? -1 : 1;
  return a.refinementId < b.refinementId ? -1 : 1;
}
