import type { ReasoningEffort } from 'openai/resources/shared';

/**
 * Models of OpenAI that think before they write, with the least effort that each takes: what they think counts as output,
 * and a budget of a few hundred tokens would be spent before the first word. From the providers' own refusals: gpt-5 takes
 * no `none`, later ones take no `minimal`. Models with `chat` in their name take none at all.
 */
const LEAST: readonly (readonly [RegExp, ReasoningEffort])[] = [
  [/^gpt-5(-mini|-nano)?(-\d{4}-\d\d-\d\d)?$/, 'minimal'],
  [/^gpt-5\.\d+(-mini|-nano)?(-\d{4}-\d\d-\d\d)?$/, 'none'],
  [/^o[134](-mini)?(-\d{4}-\d\d-\d\d)?$/, 'low'],
];

/** The least effort that the model can be asked for; undefined for models that know no effort. */
export const leastEffort = (model: string): ReasoningEffort | undefined =>
  LEAST.find(([pattern]) => pattern.test(model))?.[1];
