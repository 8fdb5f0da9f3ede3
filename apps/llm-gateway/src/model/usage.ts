import { z } from 'zod';
import type { ModelAnswer } from './model.ts';

const counts = z.tuple([z.int().min(0), z.int().min(0)]);

/** Tokens of a call; null when the server tells none, or tells nonsense. */
export function usageOf(inputTokens: unknown, outputTokens: unknown): ModelAnswer['usage'] {
  const { data } = counts.safeParse([inputTokens, outputTokens]);
  return data === undefined ? null : { inputTokens: data[0], outputTokens: data[1] };
}
