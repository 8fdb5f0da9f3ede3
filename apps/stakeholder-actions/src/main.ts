import { RefinementsModule, startStoryService } from '@agon/service-kit';
import { Handlers } from './handlers.ts';
import { Queries } from './queries.ts';
import { stakeholderBoard } from './read-models/stakeholder-board/stakeholder-board.projection.ts';
import { refinementStatus } from './read-models/refinement-status/refinement-status.projection.ts';

await startStoryService({
  service: 'stakeholder-actions',
  port: 7602,
  code: import.meta.dirname,
  projections: [stakeholderBoard, refinementStatus],
  controllers: [Handlers, Queries],
  modules: [RefinementsModule.forOwner('stakeholder-actions', refinementStatus)],
});
