import {
  type Answer,
  ConflictEventBody,
  CreateConflictBody,
  CreateStoryBody,
  LocalId,
  MakeChoiceBody,
  RegisterNpcsBody,
  ResolveConflictBody,
  StoryId,
  SyncSceneBody,
} from '@agon/contracts';
import { StoryRuntime } from '@agon/service-kit';
import { Body, Controller, HttpCode, Param, Post, Put } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Inputs } from '../inputs/inputs.ts';
import { Refusal } from '../story/refusal.ts';
import type { StoryCommand } from '../story/story.ts';
import { IdempotencyKey } from './validation.ts';

const story = { schema: StoryId };
const local = { schema: LocalId };

/** The writes of the API: each becomes one input of the story, and answers with what the rules made of it. */
@Controller('v1/stories')
export class StoriesController {
  constructor(
    private readonly inputs: Inputs,
    private readonly runtime: StoryRuntime,
  ) {}

  @Post()
  async createStory(
    @Body({ schema: CreateStoryBody }) given: CreateStoryBody,
    @IdempotencyKey() key: string,
  ): Promise<Answer & CreateStoryBody> {
    const pack = this.runtime.parts.packs.find(given.contentPack);
    if (pack === undefined) {
      const message = `"${given.contentPack}" is not installed; there are: ${this.runtime.parts.packs.ids.join(', ')}`;
      throw new Refusal('unknown_content_pack', [{ field: 'contentPack', message }]);
    }
    const body = { ...given, contentPack: pack.id };
    const answer = await this.write(storyIdOf(key, this.runtime.parts.partitions.length), key, {
      type: 'CreateStory',
      body,
    });
    return { ...answer, ...body };
  }

  @Put(':storyId/npcs')
  registerNpcs(
    @Param('storyId', story) storyId: string,
    @Body({ schema: RegisterNpcsBody }) body: RegisterNpcsBody,
    @IdempotencyKey() key: string,
  ): Promise<Answer> {
    return this.write(storyId, key, { type: 'RegisterNpcs', body });
  }

  @Post(':storyId/conflicts')
  createConflict(
    @Param('storyId', story) storyId: string,
    @Body({ schema: CreateConflictBody }) body: CreateConflictBody,
    @IdempotencyKey() key: string,
  ): Promise<Answer> {
    return this.write(storyId, key, { type: 'BeginConflict', body });
  }

  @Post(':storyId/conflicts/:conflictId/choices')
  @HttpCode(200)
  makeChoice(
    @Param('storyId', story) storyId: string,
    @Param('conflictId', local) conflictId: string,
    @Body({ schema: MakeChoiceBody }) body: MakeChoiceBody,
    @IdempotencyKey() key: string,
  ): Promise<Answer> {
    return this.write(storyId, key, { type: 'MakeChoice', conflictId, body });
  }

  @Post(':storyId/conflicts/:conflictId/events')
  @HttpCode(200)
  tellConflictEvent(
    @Param('storyId', story) storyId: string,
    @Param('conflictId', local) conflictId: string,
    @Body({ schema: ConflictEventBody }) body: ConflictEventBody,
    @IdempotencyKey() key: string,
  ): Promise<Answer> {
    return this.write(storyId, key, { type: 'TellConflictEvent', conflictId, body });
  }

  @Post(':storyId/conflicts/:conflictId/resolve')
  @HttpCode(200)
  resolveConflict(
    @Param('storyId', story) storyId: string,
    @Param('conflictId', local) conflictId: string,
    @Body({ schema: ResolveConflictBody }) body: ResolveConflictBody,
    @IdempotencyKey() key: string,
  ): Promise<Answer> {
    return this.write(storyId, key, { type: 'EndConflict', conflictId, body });
  }

  @Post(':storyId/scenes/sync')
  @HttpCode(200)
  syncScene(
    @Param('storyId', story) storyId: string,
    @Body({ schema: SyncSceneBody }) body: SyncSceneBody,
    @IdempotencyKey() key: string,
  ): Promise<Answer> {
    return this.write(storyId, key, { type: 'SyncScene', body });
  }

  private write(storyId: string, idempotencyKey: string, command: StoryCommand): Promise<Answer> {
    const requestHash = createHash('sha256').update(JSON.stringify(command)).digest('base64url');
    return this.inputs.submit({ storyId, idempotencyKey, requestHash, command });
  }
}

/** Derived from the key, so that a repeated creation finds the story; the partition is chosen here, once for all. */
function storyIdOf(key: string, partitions: number): string {
  const hash = createHash('sha256').update(`local/${key}`).digest();
  return `p${hash.readUInt32BE(0) % partitions}_${hash.toString('hex', 4, 14)}`;
}
