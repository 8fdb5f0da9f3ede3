import * as fc from 'fast-check';
import { plainEntries, smallPack, type Entry } from '../test/small-pack.ts';
import { npcParams } from './person.ts';
import { pickText, withUsed, type TextRequest } from './pick-text.ts';
import { random } from './random.ts';
import type { FactsOf } from './text-kinds.ts';
import { reactionType, stakeholderRole } from './vocabulary.ts';

const facts: FactsOf<'reaction'> = {
  reactionType: 'counter',
  emotionalResponse: 'neutral',
  role: 'defender',
  choiceType: 'neutral',
  targeted: 'no',
};
const draw = (n = 0) => random({ storySeed: 'p', inputSequence: 1, stream: 'stakeholders-c1', n });
const params = { ...npcParams({ name: 'Maren', pronouns: 'she' }), player: 'you' };
const reaction = (changes: Partial<Extract<TextRequest, { kind: 'reaction' }>> = {}): TextRequest => ({
  kind: 'reaction',
  facts,
  params,
  used: [],
  random: draw(),
  ...changes,
});
const entries = (prefix: string, count: number, when: Entry['when'], text: string): Entry[] =>
  Array.from({ length: count }, (_, n) => ({ id: `${prefix}-${n}`, ...(when === undefined ? {} : { when }), text }));

const pack = smallPack({
  'symbols.json': { symbols: { weather: ['rain', 'fog', 'wind'] } },
  'reactions.json': {
    templates: [
      ...plainEntries('reaction'),
      ...entries(
        'counter',
        7,
        { reactionType: ['counter', 'escalate'] },
        '#npc.name# counters #player# in the #weather#.',
      ),
      ...entries(
        'counter-victim',
        6,
        { reactionType: 'counter', role: 'victim' },
        '#npc.name# lifts #npc.their# chin.',
      ),
      ...entries('ignore-place', 6, { reactionType: 'ignore' }, '#npc.name# looks round #place#.'),
    ],
  },
});
const keysOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `reaction.${prefix}-${n}`);
const picks = (count: number, request: (used: string[], n: number) => TextRequest): string[] => {
  let used: string[] = [];
  return Array.from({ length: count }, (_, n) => {
    const { key } = pickText(pack, request(used, n));
    used = withUsed(used, key);
    return key;
  });
};

const firstRound = (count: number, changes: Partial<FactsOf<'reaction'>>): string[] =>
  picks(count, (used, n) => reaction({ facts: { ...facts, ...changes }, used, random: draw(n) })).sort();

describe('best match', () => {
  it('prefers the most conditions', () => {
    expect(firstRound(6, { role: 'victim' })).toEqual(keysOf('counter-victim', 6));
    expect(firstRound(7, { role: 'defender' })).toEqual(keysOf('counter', 7));
    expect(firstRound(6, { reactionType: 'observe' })).toEqual(keysOf('plain', 6));
  });

  it('takes a list as any of its values', () => {
    expect(firstRound(7, { reactionType: 'escalate', role: 'victim' })).toEqual(keysOf('counter', 7));
  });

  it('passes over templates whose optional slot is not given', () => {
    const ignore = { ...facts, reactionType: 'ignore' } as const;
    expect(pickText(pack, reaction({ facts: ignore })).key).toMatch(/^reaction\.plain-/);
    const there = pickText(pack, reaction({ facts: ignore, params: { ...params, place: 'the quay' } }));
    expect(there).toMatchObject({ text: 'Maren looks round the quay.', params: { place: 'the quay' } });
    expect(there.key).toMatch(/^reaction\.ignore-place-/);
  });
});

describe('least recently used', () => {
  it('never comes back to a skeleton before all that fit best were used', () => {
    const anyFacts = fc.record({
      reactionType: fc.constantFrom(...reactionType.options),
      role: fc.constantFrom(...stakeholderRole.options),
    });
    fc.assert(
      fc.property(fc.nat(), anyFacts, (start, some) => {
        const keys = picks(21, (used, n) => reaction({ facts: { ...facts, ...some }, used, random: draw(start + n) }));
        const size = new Set(keys).size;
        expect(size).toBeGreaterThanOrEqual(6);
        for (let n = 0; n + size <= keys.length; n++) expect(new Set(keys.slice(n, n + size)).size).toBe(size);
      }),
      { numRuns: 50 },
    );
  });

  it('takes the one that was used longest ago once all were used', () => {
    const used = [3, 0, 5, 1, 6, 2, 4].map((n) => `reaction.counter-${n}`);
    expect(pickText(pack, reaction({ used })).key).toBe('reaction.counter-3');
    expect(pickText(pack, reaction({ used: [...used, 'reaction.counter-3'] })).key).toBe('reaction.counter-0');
  });

  it('is random where nothing was used', () => {
    const first = Array.from({ length: 60 }, (_, n) => pickText(pack, reaction({ random: draw(n) })).key);
    expect(new Set(first).size).toBe(7);
  });

  it('does not mind keys of other packs and kinds', () => {
    expect(() => pickText(pack, reaction({ used: ['beat.gone', 'reaction.gone'] }))).not.toThrow();
  });
});

it('is a function of pack, request and seed', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.constantFrom(...keysOf('counter', 7))), (n, used) => {
      expect(pickText(pack, reaction({ used, random: draw(n) }))).toEqual(
        pickText(pack, reaction({ used, random: draw(n) })),
      );
    }),
  );
});

it('hands out what a client needs to say it in its own words', () => {
  const { key, params: handed, text } = pickText(pack, reaction());
  expect(key).toMatch(/^reaction\.counter-\d$/);
  expect(handed).toEqual({ 'npc.name': 'Maren', 'npc.pronouns': 'she', player: 'you', weather: handed['weather'] });
  expect(text).toBe(`Maren counters you in the ${handed['weather']}.`);
});

it('leaves out parameters that are not given', () => {
  const { params: handed } = pickText(pack, reaction({ params: { ...params, place: undefined } }));
  expect(Object.keys(handed)).not.toContain('place');
});

it('reads by kind: the compiler refuses misspelt facts', () => {
  // @ts-expect-error: `angy` is no emotional response
  const misspelt: TextRequest = reaction({ facts: { ...facts, emotionalResponse: 'angy' } });
  expect(misspelt.kind).toBe('reaction');
});

describe('withUsed', () => {
  it('moves a key to the end, so that the list never outgrows the pack', () => {
    expect(withUsed(['a', 'b', 'c'], 'a')).toEqual(['b', 'c', 'a']);
    expect(withUsed([], 'a')).toEqual(['a']);
  });

  it('picks the same as the full history would', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...keysOf('counter', 7)), { maxLength: 30 }), fc.nat(), (history, n) => {
        const short = history.reduce<string[]>(withUsed, []);
        expect(pickText(pack, reaction({ used: short, random: draw(n) }))).toEqual(
          pickText(pack, reaction({ used: history, random: draw(n) })),
        );
      }),
    );
  });
});

it('says so when a pack that was not loaded has no such text', () => {
  expect(() => pickText({ ...pack, templates: new Map() }, reaction())).toThrow(
    /^small@1 has no reaction for \{"reactionType":"counter"/,
  );
});
