import type { EventOf } from '@agon/contracts';
import { type Handled, MessageContext, OnEvent, OnQuery } from '@agon/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { readBoards } from '../story/boards.ts';
import { StoryRuntime } from '../story/story-runtime.ts';
import type { RefinementStatusProjection } from './refinement-status.ts';
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

  /** Where the refinements of a story stand, as rows of the owner's read model. */
  @OnQuery('refinements')
  where(@Payload() question: unknown) {
    return readBoards(this.runtime, this.status, question);
  }
}
