export { baseConfig, type BaseConfig, type LogLevel, portVariable } from './base-config.ts';
export { bootstrap } from './bootstrap.ts';
export { type ConfigRow, describeConfig } from './config-table.ts';
export { effectiveValues, type Environment, parseConfig, type ParsedConfig, readConfig } from './config.ts';
export { currentCorrelation, withCorrelation } from './correlation.ts';
export { type HealthIndicator, HealthRegistry, type HealthReport, type HealthState, type Readiness } from './health.ts';
export { createLogger } from './logs.ts';
export { maskPasswords } from './mask.ts';
export { Metrics, type Sample } from './metrics.ts';
export { provision } from './provision/provision.ts';
export { databaseVariable, provisionConfig } from './provision/provision-config.ts';
export { ServiceKitModule, type ServiceKitOptions } from './service-kit.module.ts';
export { startProblem } from './start-problem.ts';
export { type RunningService, type ServiceOptions, startService } from './start-service.ts';
export {
  refinementStatusOf,
  type RefinementRow,
  type RefinementStatusProjection,
} from './refinements/refinement-status.ts';
export { Refinements } from './refinements/refinements.ts';
export { RefinementsController } from './refinements/refinements.controller.ts';
export { RefinementsModule } from './refinements/refinements.module.ts';
export { readBoards } from './story/boards.ts';
export { startStoryService, type StoryServiceOptions } from './story/start-story-service.ts';
export { StoryModule } from './story/story.module.ts';
export { StoryRuntime, type StoryRuntimeOptions } from './story/story-runtime.ts';
export { Tellings } from './story/tellings.ts';
