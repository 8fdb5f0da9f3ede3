import { OnQuery } from '@agon/messaging';
import { StoryRuntime, readBoards } from '@agon/service-kit';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { stakeholderBoard } from './read-models/stakeholder-board/stakeholder-board.projection.ts';

@Controller()
export class Queries {
  constructor(private readonly runtime: StoryRuntime) {}

  @OnQuery('boards')
  boards(@Payload() question: unknown) {
    return readBoards(this.runtime, stakeholderBoard, question);
  }
}
