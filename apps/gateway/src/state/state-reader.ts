import { ConflictBoard, SocialBoard, StakeholderBoard, type StoryState, boardAnswer } from '@agon/contracts';
import { QueryFailed } from '@agon/messaging';
import { StoryRuntime } from '@agon/service-kit';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';

/** How long a service may take to answer, in milliseconds; it waits up to 100 for `after`. */
const TIMEOUT_MS = 500;

const conflictBoards = boardAnswer(ConflictBoard);
const stakeholderBoards = boardAnswer(StakeholderBoard);
const socialBoards = boardAnswer(SocialBoard);

/** Asks the services for their read models of a story and puts the state together. */
@Injectable()
export class StateReader {
  private readonly queries;

  constructor(runtime: StoryRuntime) {
    this.queries = runtime.queries();
  }

  /** Every part is at least as new as `after`, or the state is marked stale. A service that is away is named. */
  async read(storyId: string, after: number): Promise<StoryState> {
    const missing: string[] = [];
    const ask = async <T>(service: string, schema: z.ZodType<T>): Promise<T | undefined> => {
      try {
        return await this.queries.ask(service, 'boards', { storyId, after }, schema, TIMEOUT_MS);
      } catch (error) {
        if (!(error instanceof QueryFailed)) throw error;
        missing.push(service);
        return undefined;
      }
    };
    const [flows, stakeholders, circles] = await Promise.all([
      ask('conflict-flow', conflictBoards),
      ask('stakeholder-actions', stakeholderBoards),
      ask('social-circle', socialBoards),
    ]);
    const answers = [flows, stakeholders, circles].filter((answer) => answer !== undefined);
    const parts = new Map(stakeholders?.boards.map((board) => [board.conflictId, board.stakeholders]));
    return {
      storyId,
      position: answers.length === 0 ? 0 : Math.min(...answers.map(({ position }) => position)),
      stale: missing.length > 0 || answers.some(({ stale }) => stale),
      missing,
      conflicts: (flows?.boards ?? []).map((board) => ({ ...board, stakeholders: parts.get(board.conflictId) ?? [] })),
      circle: circles?.boards[0] ?? { gossip: [], reputations: {} },
    };
  }
}
