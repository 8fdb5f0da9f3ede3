import type { EventOf } from '@agon/contracts';
import { MessageContext, OnEvent } from '@agon/messaging';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { LlmGateway } from './llm-gateway.ts';

/** Message → lane. Nothing is decided and nothing appended here, so that no text that is asked for costs the log a write. */
@Controller()
export class Handlers {
  constructor(private readonly gateway: LlmGateway) {}

  @OnEvent('RefinementRequested')
  async requested(
    @Payload() { data }: EventOf<'RefinementRequested'>,
    @Ctx() { event }: MessageContext,
  ): Promise<void> {
    await this.gateway.intake.take(event, data);
  }
}
