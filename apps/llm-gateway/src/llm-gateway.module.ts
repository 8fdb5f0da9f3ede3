import { HealthRegistry, Metrics, StoryRuntime } from '@agon/service-kit';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { LlmGatewayConfig } from './config.ts';
import { Handlers } from './handlers.ts';
import { LlmGateway } from './llm-gateway.ts';
import type { ModelChoice } from './model/model.ts';

/** Gives the gateway what it works with, and ties its life to the application's. */
@Module({})
export class LlmGatewayModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    @Inject(LlmGateway) private readonly gateway: LlmGateway,
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
  ) {}

  static forRoot(choice: ModelChoice, config: LlmGatewayConfig, logger: Logger): DynamicModule {
    const useFactory = ({ parts: { log, clock, nats } }: StoryRuntime, { registry }: Metrics): LlmGateway =>
      new LlmGateway({
        choice,
        concurrency: config.AGON_LLM_CONCURRENCY,
        breakerResetMs: config.AGON_LLM_BREAKER_RESET_MS,
        log,
        now: clock.now,
        nats,
        registry,
        lanes: { replicas: config.AGON_BROKER_REPLICAS },
        logger,
      });
    return {
      module: LlmGatewayModule,
      controllers: [Handlers],
      providers: [{ provide: LlmGateway, useFactory, inject: [StoryRuntime, Metrics] }],
    };
  }

  onApplicationBootstrap(): void {
    this.health.register({ name: 'model', required: false, check: () => this.gateway.modelHealth() });
    this.health.register({ name: 'lanes', required: false, check: () => this.gateway.lanesHealth() });
    this.gateway.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.gateway.drain();
  }

  /** The transport has stopped by now; the runtime closes the log after this, as a global module's hook comes last. */
  async onApplicationShutdown(): Promise<void> {
    await this.gateway.close();
  }
}
