import { createLogger, readConfig, startProblem, startStoryService } from '@agon/service-kit';
import { llmGatewayConfig } from './config.ts';
import { LlmGatewayModule } from './llm-gateway.module.ts';
import { chooseModel } from './model/choose-model.ts';
import { SERVICE } from './service.ts';

const config = readConfig(llmGatewayConfig);
const logger = createLogger(SERVICE, config.LOG_LEVEL);
const choice = await chooseModel(config).catch((error: unknown) => {
  process.stderr.write(`${SERVICE} can't start: ${startProblem(error)}\n`);
  return process.exit(1);
});
logger.info({ model: choice.description }, 'the model is chosen');
await startStoryService({
  service: SERVICE,
  port: config.AGON_PORT,
  code: import.meta.dirname,
  projections: [],
  controllers: [],
  modules: [LlmGatewayModule.forRoot(choice, config, logger)],
  settings: { schema: llmGatewayConfig, config, logger },
  // What the handler puts on a lane is called.
  rehearsed: false,
});
