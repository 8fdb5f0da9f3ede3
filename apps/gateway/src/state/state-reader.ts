import { ConflictBoard, SocialBoard, StakeholderBoard, type StoryState, boardAnswer } from '@agon/contracts';
import { QueryClient } from '@agon/messaging';
import { Injectable } from '@nestjs/common';
import { Round } from './round.ts';

const conflictBoards = boardAnswer(ConflictBoard);
const stakeholderBoards = boardAnswer(StakeholderBoard);
const socialBoards = boardAnswer(SocialBoard);

/** Asks the services for their read models of a story and puts the state together. */
@Injectable()
export class StateReader {
  constructor(private readonly queries: QueryClient) {}

  /** Every part is at least as new as `after`, or the state is marked stale. A service that is away is named. */
  async read(storyId: string, after: number): Promise<StoryState> {
    const round = new Round(this.queries, 'boards', { storyId, after });
    const [flows, stakeholders, circles] = await Promise.all([
      round.ask('conflict-flow', conflictBoards),
      round.ask('stakeholder-actions', stakeholderBoards),
      round.ask('social-circle', socialBoards),
    ]);
    const parts = new Map(stakeholders.map((board) => [board.conflictId, board.stakeholders]));
    return {
      storyId,
      ...round.outcome(),
      conflicts: flows.map((board) => ({ ...board, stakeholders: parts.get(board.conflictId) ?? [] })),
      circle: circles[0] ?? { gossip: [], reputations: {} },
    };
  }
}
