import { startStoryService } from '@agon/service-kit';
import { Handlers } from './handlers.ts';
import { Queries } from './queries.ts';
import { socialBoard } from './read-models/social-board/social-board.projection.ts';

await startStoryService({
  service: 'social-circle',
  port: 7603,
  projections: [socialBoard],
  controllers: [Handlers, Queries],
});
