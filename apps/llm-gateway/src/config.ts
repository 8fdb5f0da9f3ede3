import { baseConfig, portVariable } from '@agon/service-kit';
import { z } from 'zod';
import { modelConfig } from './model/model-config.ts';

/** The variables of the llm-gateway: which model, and how hard it may be driven. */
export const llmGatewayConfig = baseConfig.extend({
  AGON_PORT: portVariable(7604),
  ...modelConfig.shape,
  AGON_LLM_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(8)
    .describe('Calls of the model under way at once; 1 or few for a model on this machine'),
  AGON_LLM_BREAKER_RESET_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(3_600_000)
    .default(10_000)
    .describe(
      'Milliseconds from the breaker’s opening, after too many failed calls, to the next call that tries the model',
    ),
});
export type LlmGatewayConfig = z.output<typeof llmGatewayConfig>;
