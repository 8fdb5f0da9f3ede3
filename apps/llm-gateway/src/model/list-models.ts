import { z } from 'zod';

const modelList = z.object({
  object: z.literal('list'),
  data: z.array(z.object({ id: z.string().min(1), object: z.literal('model') })),
});

/** Servers list these beside the models that write. */
const EMBEDDING = /embed/i;

/**
 * The models that write which a server lists, in its order; undefined when it does not answer within so many
 * milliseconds, or with something else than a list of models.
 */
export async function listModels(baseUrl: string, ms: number, apiKey?: string): Promise<string[] | undefined> {
  try {
    const response = await fetch(`${baseUrl}/models`, {
      signal: AbortSignal.timeout(ms),
      // Some other service may listen where a server of models is looked for, and nothing shall follow it elsewhere.
      redirect: 'error',
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    });
    const list = modelList.safeParse(await response.json());
    if (!response.ok || !list.success) return undefined;
    return list.data.data.map(({ id }) => id).filter((id) => !EMBEDDING.test(id));
  } catch {
    return undefined;
  }
}
