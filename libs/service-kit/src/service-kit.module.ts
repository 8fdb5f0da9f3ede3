import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { HealthController } from './health.controller.ts';
import { HealthRegistry } from './health.ts';
import { createLogger, loggerModuleParams } from './logs.ts';
import { MetricsController } from './metrics.controller.ts';
import { Metrics } from './metrics.ts';

export interface ServiceKitOptions {
  service: string;
  /** Default: JSON on stdout at `info`. */
  logger?: Logger | undefined;
}

/**
 * Health, metrics and logs for one service, visible to all its modules. `bootstrap` imports it beside the app module, so
 * an app module does not import it itself; a test that builds a module by hand does.
 */
@Module({})
export class ServiceKitModule {
  static forRoot({ service, logger = createLogger(service, 'info') }: ServiceKitOptions): DynamicModule {
    const providers = [
      { provide: HealthRegistry, useValue: new HealthRegistry(service) },
      { provide: Metrics, useValue: new Metrics(service) },
    ];
    return {
      module: ServiceKitModule,
      global: true,
      imports: [LoggerModule.forRoot(loggerModuleParams(logger))],
      controllers: [HealthController, MetricsController],
      providers,
      exports: [HealthRegistry, Metrics],
    };
  }
}
