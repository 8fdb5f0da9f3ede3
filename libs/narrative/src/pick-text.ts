import type { ContentPack } from './content-pack.ts';
import { expand } from './grammar.ts';
import type { Random } from './random.ts';
import { fits, type Template } from './template.ts';
import type { FactsOf, ParamsOf, TextKind } from './text-kinds.ts';

/** What a decider asks for; facts and parameters are typed by the kind. */
export type TextRequest = {
  [K in TextKind]: {
    readonly kind: K;
    readonly facts: FactsOf<K>;
    /** Shown as they are; names and pronouns by {@link npcParams} and its like. */
    readonly params: ParamsOf<K>;
    /** Keys of texts used before, oldest first; {@link withUsed} keeps such a list short. */
    readonly used: readonly string[];
    readonly random: Random;
  };
}[TextKind];

export interface Text {
  /** Names the template: a client may hold its own words for it. */
  readonly key: string;
  /** The request's parameters, and what each symbol became, by the symbol's name. */
  readonly params: Readonly<Record<string, string>>;
  /** The finished text in the pack's language. */
  readonly text: string;
}

/**
 * Picks and spells out a text: of all templates whose conditions hold those with the most conditions; of these the one
 * not used for the longest time; of several never used, a random one.
 * @throws RangeError when the pack has no such text, GrammarError when a parameter is missing: neither can happen with a
 * loaded pack and a request that the compiler has seen.
 */
export const pickText = (pack: ContentPack, request: TextRequest): Text => {
  const { kind, used, random } = request;
  const params: Readonly<Record<string, string | undefined>> = request.params;
  const best = bestOf(pack.templates.get(kind) ?? [], request.facts, params);
  if (best.length === 0) throw new RangeError(`${pack.id} has no ${kind} for ${JSON.stringify(request.facts)}`);
  const template = leastRecent(best, used, random);
  const { text, chosen } = expand(template.tokens, pack.symbols, params, random);
  return { key: template.key, params: { ...given(params), ...chosen }, text };
};

/** The list with this key as its newest entry, and nowhere else: it never outgrows the pack, and picks stay the same. */
export const withUsed = (used: readonly string[], key: string): string[] => [
  ...used.filter((other) => other !== key),
  key,
];

/** The templates come sorted by number of conditions, so the first that fits says how many the best have. */
const bestOf = (
  templates: readonly Template[],
  facts: Readonly<Record<string, string>>,
  params: Readonly<Record<string, string | undefined>>,
): Template[] => {
  const best: Template[] = [];
  for (const template of templates) {
    if (best[0] !== undefined && template.conditions.length < best[0].conditions.length) break;
    if (template.needs.every((param) => params[param] !== undefined) && fits(template, facts)) best.push(template);
  }
  return best;
};

const leastRecent = (templates: readonly Template[], used: readonly string[], random: Random): Template => {
  const ages = templates.map(({ key }) => used.lastIndexOf(key));
  const oldest = Math.min(...ages);
  return random.pick(templates.filter((_, index) => ages[index] === oldest));
};

const given = (params: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
