import { listModels } from './list-models.ts';
import type { DialectName } from './openai-model.ts';

/** A server of models that people run on their own machine, at its usual address. */
export interface LocalServer {
  readonly provider: string;
  readonly baseUrl: string;
  /** The API in which it keeps to a JSON schema. */
  readonly dialect: DialectName;
}

/** In the order in which they are taken. */
export const LOCAL_SERVERS: readonly LocalServer[] = [
  { provider: 'ollama', baseUrl: 'http://127.0.0.1:11434/v1', dialect: 'chat' },
  { provider: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1', dialect: 'chat' },
  { provider: 'vllm', baseUrl: 'http://127.0.0.1:8000/v1', dialect: 'responses' },
  { provider: 'lm-studio', baseUrl: 'http://127.0.0.1:1234/v1', dialect: 'responses' },
];

/** A server on this machine answers at once or is not there. */
const PROBE_MS = 300;

/** The first of the servers that lists a model, with its first model; all are asked at once. */
export async function findLocalServer(
  servers: readonly LocalServer[],
): Promise<(LocalServer & { readonly model: string }) | undefined> {
  const lists = await Promise.all(servers.map(({ baseUrl }) => listModels(baseUrl, PROBE_MS)));
  return servers.flatMap((server, n) => (lists[n] ?? []).slice(0, 1).map((model) => ({ ...server, model })))[0];
}
