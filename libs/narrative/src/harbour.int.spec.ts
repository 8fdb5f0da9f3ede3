import type { ContentPack } from './content-pack.ts';
import { expand } from './grammar.ts';
import { defaultContentPacks, loadContentPacks } from './load-content-packs.ts';
import { Pronouns } from '@agon/contracts';
import { aboutParams, npcParams, otherParams } from './person.ts';
import { pickText, withUsed, type TextRequest } from './pick-text.ts';
import { random } from './random.ts';
import { fits, type Template } from './template.ts';
import { textKind, type TextKind } from './text-kinds.ts';
import {
  beatType,
  conflictPhase,
  emotionalResponse,
  gossipOccasion,
  reactionType,
  stakeholderRole,
  tensionType,
} from './vocabulary.ts';

const pack: ContentPack = loadContentPacks(defaultContentPacks()).get('harbour@1');
const draw = (n: number) => random({ storySeed: 'harbour', inputSequence: n, stream: 'test', n: 0 });
const templatesOf = (kind: TextKind): readonly Template[] => pack.templates.get(kind) ?? [];
const everything = textKind.options.flatMap((kind) => templatesOf(kind).map((template) => ({ kind, template })));
const people = Pronouns.options.map((who) => ({
  ...npcParams({ name: 'Maren Holt', pronouns: who }),
  ...aboutParams({ name: 'Tobias Reed', pronouns: who }),
  ...otherParams({ name: 'Ilse Brandt', pronouns: who }),
  player: 'you',
  place: 'the harbour hall',
  conflict: 'The Empty Chair',
}));
/** Every template in many expansions: all pronouns, several draws. */
const expansions = everything.flatMap(({ kind, template }) =>
  people.flatMap((params) =>
    Array.from({ length: 5 }, (_, n) => ({
      kind,
      template,
      text: expand(template.tokens, pack.symbols, params, draw(n)).text,
    })),
  ),
);

const count = (kind: TextKind, facts: Record<string, string>): number =>
  templatesOf(kind).filter((template) => template.conditions.length > 0 && fits(template, facts)).length;
/** The words of a template as it is written, without its slots and symbols. */
const wordsOf = ({ tokens }: Template): Set<string> =>
  new Set(
    tokens.flatMap((token) => (token.type === 'text' ? (token.text.toLowerCase().match(/[\p{L}’]+/gu) ?? []) : [])),
  );
/** Jaccard similarity: shared words of all words. */
const likeness = (a: Set<string>, b: Set<string>): number =>
  [...a].filter((word) => b.has(word)).length / new Set([...a, ...b]).size;
const story = (requests: (n: number, used: string[]) => TextRequest, length: number) => {
  let used: string[] = [];
  return Array.from({ length }, (_, n) => {
    const text = pickText(pack, requests(n, used));
    used = withUsed(used, text.key);
    return text;
  });
};

describe('every text of the pack', () => {
  it('expands to the end', () => {
    expect(expansions.filter(({ text }) => /#|undefined/.test(text))).toEqual([]);
  });

  it('is a finished sentence, or a short name', () => {
    const sentence = /^[“\p{Lu}].*[.!?”]$/u;
    const name = /^[\p{Lu}].*[^.!?]$/u;
    const odd = expansions.filter(({ kind, text }) => !(kind === 'conflict-name' ? name : sentence).test(text));
    expect(odd).toEqual([]);
  });

  it('reads cleanly: no doubled or missing spaces, no straight quotes, no doubled words', () => {
    const odd = expansions.filter(({ text }) => / {2}|\s[,.;:!?]|[,;:][^\s”]|["']|\b(\p{L}+) \1\b/iu.test(text));
    expect(odd.map(({ text }) => text)).toEqual([]);
  });

  it('makes verbs agree with the pronoun', () => {
    const odd = expansions.filter(({ text }) =>
      /\b(?:she|he|it) (?:have|are|do)\b|\bthey (?:has|is|does|\p{L}+[^s]s)\b/iu.test(text),
    );
    expect(odd.map(({ text }) => text)).toEqual([]);
  });

  it('never speaks of work that is still to come', () => {
    expect(expansions.filter(({ text }) => /generating|loading|placeholder|pending/i.test(text))).toEqual([]);
  });

  it('is there once', () => {
    const first = everything.map(
      ({ kind, template }) => `${kind}: ${expand(template.tokens, pack.symbols, people[0] ?? {}, draw(0)).text}`,
    );
    expect(first.filter((text, index) => first.indexOf(text) !== index)).toEqual([]);
  });

  it('never puts "you" where it would need another verb or a possessive', () => {
    expect(
      expansions
        .filter(({ text }) => /\byou(?:’s| \p{L}+[^s]s\b(?<!always|yours))/iu.test(text))
        .map(({ text }) => text),
    ).toEqual([]);
  });
});

describe('enough of everything', () => {
  it.each(reactionType.options)('six skeletons or more of a %s, in every tone', (type) => {
    for (const tone of emotionalResponse.options)
      expect(count('reaction', { reactionType: type, emotionalResponse: tone })).toBeGreaterThanOrEqual(6);
  });

  it.each(beatType.options)('six skeletons or more of a %s, in every phase', (type) => {
    for (const phase of conflictPhase.options)
      expect(count('beat', { beatType: type, phase })).toBeGreaterThanOrEqual(6);
  });

  it('twelve transitions or more, and one for each step of the order, forward and back', () => {
    expect(templatesOf('transition').length).toBeGreaterThanOrEqual(12);
    const steps = conflictPhase.options.slice(1).map((to, index) => [conflictPhase.options[index] ?? '', to]);
    const back = [
      ['rising', 'emerging'],
      ['confrontation', 'rising'],
      ['climax', 'confrontation'],
    ];
    for (const [fromPhase = '', toPhase = ''] of [...steps, ...back])
      expect(count('transition', { fromPhase, toPhase })).toBeGreaterThanOrEqual(2);
  });

  it.each(stakeholderRole.options)('four profiles or more of a %s, which no other role shares', (role) => {
    const own = templatesOf('profile').filter(({ conditions }) =>
      conditions.some(({ fact, values }) => fact === 'role' && values.has(role) && values.size === 1),
    );
    expect(own.length).toBeGreaterThanOrEqual(4);
  });

  it.each(gossipOccasion.options)('six pieces of gossip or more on %s alone', (occasion) => {
    const own = templatesOf('gossip').filter(({ conditions }) =>
      conditions.some(({ fact, values }) => fact === 'occasion' && values.has(occasion)),
    );
    expect(own.length).toBeGreaterThanOrEqual(6);
  });
});

describe('a profile', () => {
  it('is one sentence', () => {
    const several = /[.!?]”? “?\p{Lu}/u;
    expect(expansions.filter(({ kind, text }) => kind === 'profile' && several.test(text))).toEqual([]);
  });

  it('is like no other: everyone who joins is told of in words of their own', () => {
    const known = templatesOf('profile').map((template) => ({ key: template.key, words: wordsOf(template) }));
    const alike = known.flatMap((one, index) =>
      known
        .slice(index + 1)
        .filter((other) => likeness(one.words, other.words) >= 0.7)
        .map((other) => [one.key, other.key]),
    );
    expect(alike).toEqual([]);
  });
});

describe('a story long', () => {
  it('a reaction names its NPC every time, and no skeleton comes back within six', () => {
    for (const type of reactionType.options) {
      for (const tone of emotionalResponse.options) {
        const texts = story(
          (n, used) => ({
            kind: 'reaction',
            facts: {
              reactionType: type,
              emotionalResponse: tone,
              role: 'instigator',
              choiceType: 'confrontational',
              targeted: 'yes',
            },
            params: { ...npcParams({ name: 'Maren', pronouns: 'she' }), player: 'you' },
            used,
            random: draw(n),
          }),
          12,
        );
        expect(texts.every(({ text }) => text.includes('Maren'))).toBe(true);
        for (let n = 0; n + 6 <= texts.length; n++)
          expect(new Set(texts.slice(n, n + 6).map(({ key }) => key)).size).toBe(6);
      }
    }
  });

  it('a breaking point has two consequences and three ways out that differ', () => {
    for (const type of tensionType.options) {
      const consequences = story(
        (n, used) => ({
          kind: 'breaking-point.consequence',
          facts: { tensionType: type },
          params: {},
          used,
          random: draw(n),
        }),
        2,
      );
      const choices = (['confront', 'compromise', 'step-away'] as const).map((approach, n) =>
        pickText(pack, {
          kind: 'breaking-point.choice',
          facts: { tensionType: type, approach },
          params: {},
          used: [],
          random: draw(n),
        }),
      );
      expect(new Set(consequences.map(({ text }) => text)).size).toBe(2);
      expect(new Set(choices.map(({ text }) => text)).size).toBe(3);
    }
  });

  it('forty beats of a whole arc: no sentence comes back', () => {
    const arc = conflictPhase.options.flatMap((phase) => beatType.options.map((type) => ({ phase, beatType: type })));
    const texts = story(
      (n, used) => ({
        kind: 'beat',
        facts: arc[n % arc.length] ?? { phase: 'seeds', beatType: 'moment' },
        params: { place: 'Harbour Hall', conflict: 'The Empty Chair' },
        used,
        random: draw(n),
      }),
      40,
    ).map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
