import { ContentPackError } from './content-pack-error.ts';
import { fits, type Template } from './template.ts';
import { specOf, type TextKind } from './text-kinds.ts';

type Facts = Readonly<Record<string, string>>;

/**
 * Makes sure that whatever a decider asks for, enough templates fit best. A template with more conditions hides those
 * with fewer, so a single very special one would come back at every use: it needs company.
 * @throws ContentPackError naming the first facts that are not covered.
 */
export const checkCoverage = (kind: TextKind, where: string, templates: readonly Template[]): void => {
  if (!templates.some(({ conditions, needs }) => conditions.length === 0 && needs.length === 0))
    throw new ContentPackError(
      `${where}: templates: expected at least one without conditions and optional slots, for facts that no other fits`,
    );
  const { atLeast } = specOf(kind);
  for (const given of subsets(optionalSets(templates))) {
    const usable = templates.filter(({ needs }) => needs.every((param) => given.includes(param)));
    for (const facts of combinations(kind, usable)) {
      const best = countBest(usable, facts);
      if (best < atLeast)
        throw new ContentPackError(
          `${where}: templates: only ${best} fit best for ${described(facts, given)}; at least ${atLeast} must, ` +
            'where a text with more conditions hides those with fewer',
        );
    }
  }
};

/** How many templates have the most conditions of all that fit. The templates are sorted by that number. */
const countBest = (templates: readonly Template[], facts: Facts): number => {
  let most = 0;
  let count = 0;
  for (const template of templates) {
    if (count > 0 && template.conditions.length < most) break;
    if (!fits(template, facts)) continue;
    most = template.conditions.length;
    count += 1;
  }
  return count;
};

/** Facts that no condition asks for make no difference and are left out. */
const combinations = (kind: TextKind, templates: readonly Template[]): Facts[] => {
  const asked = new Set(templates.flatMap(({ conditions }) => conditions.map(({ fact }) => fact)));
  return Object.entries(specOf(kind).facts)
    .filter(([fact]) => asked.has(fact))
    .reduce<Facts[]>(
      (facts, [fact, values]) => facts.flatMap((known) => values.options.map((value) => ({ ...known, [fact]: value }))),
      [{}],
    );
};

const optionalSets = (templates: readonly Template[]): string[][] => [
  ...new Map(templates.filter(({ needs }) => needs.length > 0).map(({ needs }) => [needs.join(), [...needs]])).values(),
];

const subsets = (sets: readonly string[][]): string[][] =>
  sets.reduce<string[][]>((all, set) => [...all, ...all.map((given) => [...given, ...set])], [[]]);

const described = (facts: Facts, given: readonly string[]): string => {
  const stated = Object.entries(facts).map(([fact, value]) => `${fact} "${value}"`);
  const all = stated.length === 0 ? ['any facts'] : stated;
  return [...all, ...(given.length === 0 ? [] : [`given ${[...new Set(given)].join(', ')}`])].join(', ');
};
