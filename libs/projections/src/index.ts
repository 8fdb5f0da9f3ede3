export { ProjectionsNotPreparedError } from './errors.ts';
export { prepareProjections, type ProjectionSet } from './prepare-projections.ts';
export { type AnyProjection, defineProjection, type Projection } from './projection.ts';
export { type PartitionLag, ProjectionHost, type ProjectionHostOptions } from './projection-host.ts';
export { ProjectionRunner, type RunnerOptions, type StepOutcome } from './projection-runner.ts';
export { openReadDataSource } from './read-data-source.ts';
export { type DueDoc, type ReadDoc, type ReadModel, readModel } from './read-model.ts';
export { provisionReadModels, type ReadRole } from './read-roles.ts';
export { replay, type ReplayedRow } from './replay.ts';
