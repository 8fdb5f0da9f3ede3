import { startStoryService } from '@agon/service-kit';
import { Handlers } from './handlers.ts';
import { Queries } from './queries.ts';
import { stakeholderBoard } from './read-models/stakeholder-board/stakeholder-board.projection.ts';

await startStoryService({
  service: 'stakeholder-actions',
  port: 7602,
  projections: [stakeholderBoard],
  controllers: [Handlers, Queries],
});
