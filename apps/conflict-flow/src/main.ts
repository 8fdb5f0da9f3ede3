import { RefinementsModule, startStoryService } from '@agon/service-kit';
import { Handlers } from './handlers.ts';
import { Queries } from './queries.ts';
import { conflictBoard } from './read-models/conflict-board/conflict-board.projection.ts';
import { refinementStatus } from './read-models/refinement-status/refinement-status.projection.ts';

await startStoryService({
  service: 'conflict-flow',
  port: 7601,
  code: import.meta.dirname,
  projections: [conflictBoard, refinementStatus],
  controllers: [Handlers, Queries],
  modules: [RefinementsModule.forOwner('conflict-flow', refinementStatus)],
});
