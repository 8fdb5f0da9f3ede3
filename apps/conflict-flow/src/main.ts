import { startStoryService } from '@agon/service-kit';
import { Handlers } from './handlers.ts';
import { Queries } from './queries.ts';
import { conflictBoard } from './read-models/conflict-board/conflict-board.projection.ts';

await startStoryService({
  service: 'conflict-flow',
  port: 7601,
  projections: [conflictBoard],
  controllers: [Handlers, Queries],
});
