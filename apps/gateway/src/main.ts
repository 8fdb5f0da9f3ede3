import { StoryRuntime, bootstrap, createLogger, readConfig } from '@agon/service-kit';
import { AppModule } from './app.module.ts';
import { bindProblem, gatewayConfig } from './config.ts';
import { apiKey } from './http/api-key.ts';
import { jsonOnly } from './http/json-only.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { validation } from './http/validation.ts';
import { rehearse } from './rehearse.ts';

const config = readConfig(gatewayConfig);
const problem = bindProblem(config.AGON_HOST, config.AGON_API_KEY);
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
const logger = createLogger('gateway', config.LOG_LEVEL);
await bootstrap(AppModule.forRoot(config, logger), {
  service: 'gateway',
  schema: gatewayConfig,
  config,
  logger,
  configure: (app) => {
    app.use('/v1', apiKey(config.AGON_API_KEY), jsonOnly);
    app.useGlobalPipes(validation());
    app.useGlobalFilters(new ProblemFilter(logger));
  },
  warm: async (app) => {
    rehearse();
    await app.get(StoryRuntime).start();
  },
});
