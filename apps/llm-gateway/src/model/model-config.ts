import { z } from 'zod';

const url = z.string().regex(/^https?:\/\/[^\s@/]+(\/\S*)?$/);

/** The variables that choose the model; the service's configuration extends them. */
export const modelConfig = z.object({
  AGON_LLM: z
    .enum(['auto', 'off', 'sim', 'openai', 'custom'])
    .default('auto')
    .describe(
      'Model that betters the texts: off for none, sim for the simulator, openai, custom for AGON_LLM_BASE_URL; auto for ' +
        'AGON_LLM_BASE_URL, OPENAI_API_KEY, a server on this machine or the simulator, whichever is there first',
    ),
  OPENAI_API_KEY: z
    .string()
    .min(1)
    .optional()
    .meta({ secret: true, allowed: 'a key of OpenAI' })
    .describe('Key for OpenAI; sent nowhere else'),
  AGON_LLM_BASE_URL: url
    .optional()
    .meta({ allowed: 'an http:// or https:// URL' })
    .describe('Address of an API like OpenAI’s, such as http://127.0.0.1:11434/v1'),
  AGON_LLM_API_KEY: z
    .string()
    .min(1)
    .optional()
    .meta({ secret: true, allowed: 'a key' })
    .describe('Key for AGON_LLM_BASE_URL, where that needs one'),
  AGON_LLM_MODEL: z
    .string()
    .min(1)
    .optional()
    .meta({ allowed: 'a name that the provider knows' })
    .describe('Name of the model; gpt-5-mini at OpenAI when unset, elsewhere the one that the server lists'),
  AGON_LLM_DIALECT: z
    .enum(['responses', 'chat'])
    .default('responses')
    .describe(
      'API in which OpenAI and AGON_LLM_BASE_URL are asked; llama.cpp and Ollama need chat to keep to the schema',
    ),
  AGON_LLM_SIM_URL: url
    .optional()
    .meta({ allowed: 'an http:// or https:// URL' })
    .describe('Address of the simulated provider; set by the launcher where that runs'),
  AGON_LLM_IDLE_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(600_000)
    .default(5000)
    .describe('Milliseconds of silence within an answer after which the call is given up'),
});
export type ModelConfig = z.output<typeof modelConfig>;
