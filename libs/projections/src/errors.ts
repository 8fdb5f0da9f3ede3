/** A projection has no checkpoint: `prepareProjections` was not run for it, or its rows were taken away. */
export class ProjectionsNotPreparedError extends Error {
  override readonly name = 'ProjectionsNotPreparedError';

  readonly service: string;

  constructor(service: string) {
    super(`projections of ${service} have no table or checkpoint: prepareProjections makes them`);
    this.service = service;
  }
}
