import { z } from 'zod';
import { StackError } from '../stack-error.ts';

/** What `--model` may ask for: how the simulated model behaves, or no model at all. */
const MODELS = ['healthy', 'slow', 'failing', 'off'] as const;
const ModelWish = z.enum(MODELS);
export type ModelWish = z.infer<typeof ModelWish>;

/**
 * Reads the value of `--model`.
 * @throws StackError that names what is allowed
 */
export function modelWish(value: string | undefined): ModelWish | undefined {
  const wish = ModelWish.optional().safeParse(value);
  if (wish.success) return wish.data;
  throw new StackError(`--model is "${value ?? ''}": it must be one of ${MODELS.join(', ')}`);
}

/** The variables of a stack that is started for the wish; without one, whatever is configured counts. */
export function environmentOf(wish: ModelWish | undefined): Record<string, string> {
  if (wish === undefined) return {};
  return { AGON_LLM: wish === 'off' ? 'off' : 'sim' };
}

/** @param model what the llm-gateway says of its model */
export const isSimulator = (model: string): boolean => model.startsWith('llm-sim');

/**
 * Whether a stack that runs already can do as wished.
 * @param model what its llm-gateway says of its model
 * @throws StackError when it cannot
 */
export function checkWish(wish: ModelWish | undefined, model: string): void {
  if (wish === undefined || (wish === 'off' ? model.startsWith('off') : isSimulator(model))) return;
  throw new StackError(`Agon runs with another model (${model}): run "./agon down", then try again`);
}
