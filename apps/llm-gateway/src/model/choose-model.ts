import { listModels } from './list-models.ts';
import { findLocalServer, LOCAL_SERVERS, type LocalServer } from './local-servers.ts';
import type { ModelConfig } from './model-config.ts';
import type { ModelChoice } from './model.ts';
import { OpenAiModel, type OpenAiModelOptions } from './openai-model.ts';
import { loadPrompts, type Prompts } from './prompts.ts';

/** A configuration with which no model can be chosen; the message is one line that says what to set. */
export class ModelConfigError extends Error {
  override readonly name = 'ModelConfigError';
}

export interface Surroundings {
  readonly prompts?: Prompts;
  readonly localServers?: readonly LocalServer[];
}

type Found = Pick<OpenAiModelOptions, 'provider' | 'name' | 'baseUrl' | 'apiKey' | 'dialect'>;

const OPENAI_URL = 'https://api.openai.com/v1';
/** Small and quick: the texts are short, and one that comes after its deadline is lost. */
const OPENAI_MODEL = 'gpt-5-mini';
/** For a server that was named, which may be far away. */
const LIST_MS = 2000;

/**
 * The model that the configuration asks for, or that is there. To be called once, at start; it reads the prompts and may
 * ask servers for their lists of models.
 * @throws PromptError when a prompt is missing
 * @throws ModelConfigError when a model is asked for that can't be told
 */
export async function chooseModel(
  config: ModelConfig,
  { prompts = loadPrompts(), localServers = LOCAL_SERVERS }: Surroundings = {},
): Promise<ModelChoice> {
  const found = await find(config, localServers);
  if (found === undefined) return { model: undefined, description: 'no model: every text stays as the rules wrote it' };
  const isSimulated = found.provider === 'sim';
  return {
    model: new OpenAiModel({ ...found, prompts, idleMs: config.AGON_LLM_IDLE_MS }),
    description: `${found.name}, ${isSimulated ? 'a simulated model' : `a model of ${found.provider}`}, at ${shown(found.baseUrl)}`,
  };
}

async function find(config: ModelConfig, localServers: readonly LocalServer[]): Promise<Found | undefined> {
  const { AGON_LLM: wanted, AGON_LLM_BASE_URL: baseUrl, OPENAI_API_KEY: openAiKey, AGON_LLM_SIM_URL: simUrl } = config;
  if (wanted === 'off') return undefined;
  if (wanted === 'sim') {
    if (simUrl === undefined) throw new ModelConfigError('AGON_LLM is sim: set AGON_LLM_SIM_URL');
    return simulated(simUrl);
  }
  // Also with AGON_LLM=openai: whoever names an address does not want anything sent past it.
  if (baseUrl !== undefined) return custom(config, withoutSlash(baseUrl));
  if (wanted === 'custom') throw new ModelConfigError('AGON_LLM is custom: set AGON_LLM_BASE_URL');
  if (openAiKey !== undefined) return openAi(config, openAiKey);
  if (wanted === 'openai') throw new ModelConfigError('AGON_LLM is openai: set OPENAI_API_KEY');
  const local = await findLocalServer(localServers);
  if (local !== undefined) return { ...local, name: config.AGON_LLM_MODEL ?? local.model };
  return simUrl === undefined ? undefined : simulated(simUrl);
}

const simulated = (url: string): Found => ({
  provider: 'sim',
  name: 'llm-sim',
  baseUrl: `${withoutSlash(url)}/v1`,
  dialect: 'responses',
});

const openAi = (config: ModelConfig, apiKey: string): Found => ({
  provider: 'openai',
  name: config.AGON_LLM_MODEL ?? OPENAI_MODEL,
  baseUrl: OPENAI_URL,
  apiKey,
  dialect: config.AGON_LLM_DIALECT,
});

async function custom(config: ModelConfig, baseUrl: string): Promise<Found> {
  const { AGON_LLM_API_KEY: apiKey, AGON_LLM_MODEL: given, AGON_LLM_DIALECT: dialect } = config;
  return { provider: 'custom', name: given ?? (await onlyModel(baseUrl, apiKey)), baseUrl, apiKey, dialect };
}

async function onlyModel(baseUrl: string, apiKey: string | undefined): Promise<string> {
  const models = await listModels(baseUrl, LIST_MS, apiKey);
  const [model] = models ?? [];
  if (models?.length === 1 && model !== undefined) return model;
  const seen =
    models === undefined
      ? `lists no models within ${LIST_MS / 1000} s`
      : `lists ${models.length} models${models.length === 0 ? '' : ` (${models.slice(0, 5).join(', ')})`}`;
  throw new ModelConfigError(`AGON_LLM_MODEL is not set, and ${shown(baseUrl)} ${seen}: set it to the model's name`);
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/** The address without what may be secret in it. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
