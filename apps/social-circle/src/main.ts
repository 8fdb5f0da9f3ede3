import { RefinementsModule, startStoryService } from '@agon/service-kit';
import { Handlers } from './handlers.ts';
import { Queries } from './queries.ts';
import { socialBoard } from './read-models/social-board/social-board.projection.ts';
import { refinementStatus } from './read-models/refinement-status/refinement-status.projection.ts';

await startStoryService({
  service: 'social-circle',
  port: 7603,
  code: import.meta.dirname,
  projections: [socialBoard, refinementStatus],
  controllers: [Handlers, Queries],
  modules: [RefinementsModule.forOwner('social-circle', refinementStatus)],
});
