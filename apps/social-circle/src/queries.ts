import { OnQuery } from '@agon/messaging';
import { StoryRuntime, readBoards } from '@agon/service-kit';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { socialBoard } from './read-models/social-board/social-board.projection.ts';

@Controller()
export class Queries {
  constructor(private readonly runtime: StoryRuntime) {}

  @OnQuery('boards')
  boards(@Payload() question: unknown) {
    return readBoards(this.runtime, socialBoard, question);
  }
}
