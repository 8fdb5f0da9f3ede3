/** Variables, by name; an empty one counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Which language model writes the better texts: what the llm-gateway reads, beyond what every service does. */
export const modelVariables = [
  'AGON_LLM',
  'OPENAI_API_KEY',
  'AGON_LLM_BASE_URL',
  'AGON_LLM_API_KEY',
  'AGON_LLM_MODEL',
  'AGON_LLM_DIALECT',
  'AGON_LLM_IDLE_MS',
  'AGON_LLM_CONCURRENCY',
  'AGON_LLM_BREAKER_RESET_MS',
] as const;

/** How the simulated provider behaves. */
export const simVariables = ['AGON_SIM_MODE', 'AGON_SIM_MEDIAN_MS', 'AGON_SIM_SEED'] as const;

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/** Whether the model is simulated: no provider is configured, and models are not switched off. */
export function isSimulated({ AGON_LLM, OPENAI_API_KEY, AGON_LLM_BASE_URL }: Environment): boolean {
  if (isSet(AGON_LLM) && AGON_LLM !== 'auto') return AGON_LLM === 'sim';
  return !isSet(OPENAI_API_KEY) && !isSet(AGON_LLM_BASE_URL);
}

const OF_MODELS = new Set<string>([...modelVariables, ...simVariables, 'AGON_LLM_SIM_URL']);

/** The environment for a test: whatever this machine has configured, no test asks a provider that costs money. */
export const withoutProvider = (environment: Environment): Environment => ({
  ...Object.fromEntries(Object.entries(environment).filter(([name]) => !OF_MODELS.has(name))),
  AGON_LLM: 'sim',
});
