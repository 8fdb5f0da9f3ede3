import { type EventOf, REFINEMENTS_TOLD, RefinementsQuery } from '@agon/contracts';
import { type Handled, MessageContext, OnEvent, OnQuery, QueryError } from '@agon/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { readBoards } from '../story/boards.ts';
import { StoryRuntime } from '../story/story-runtime.ts';
import type { RefinementRow, RefinementStatusProjection } from './refinement-status.ts';
import { Refinements } from './refinements.ts';

export const REFINEMENT_STATUS = Symbol('refinement status');

/** What every owner of refinements handles and answers in the same way; answers it judges itself, by its own state. */
@Controller()
export class RefinementsController {
  constructor(
    @Inject(Refinements) private readonly refinements: Refinements,
    @Inject(StoryRuntime) private readonly runtime: StoryRuntime,
    @Inject(REFINEMENT_STATUS) private readonly status: RefinementStatusProjection,
  ) {}

  @OnEvent('RefinementsDeclined')
  declined(
    @Payload() { data }: EventOf<'RefinementsDeclined'>,
    @Ctx() { event }: MessageContext,
  ): Promise<Handled | undefined> {
    return this.refinements.declined(event, data);
  }

  /** Where the refinements of a story stand, as rows of the owner's read model: the newest, in the order of the asking. */
  @OnQuery('refinements')
  async where(@Payload() question: unknown): Promise<Awaited<ReturnType<typeof readBoards<RefinementRow, EventOf>>>> {
    const asked = RefinementsQuery.safeParse(question);
    if (!asked.success) throw new QueryError('bad_query', 'expected storyId, after and perhaps status');
    const { status } = asked.data;
    const answer = await readBoards(this.runtime, this.status, question);
    const boards = answer.boards
      .filter((row) => status === undefined || row.status === status)
      .toSorted((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1))
      .slice(-REFINEMENTS_TOLD);
    return { ...answer, boards };
  }
}
