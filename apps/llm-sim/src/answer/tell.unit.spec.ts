import { seeded } from '../random.ts';
import { factsOf } from './facts.ts';
import { EVENTS, GESTURES } from './sentences.ts';
import { mentionsIn, tell } from './tell.ts';

const given = {
  task: 'stakeholder.reaction',
  npcId: '11',
  candidates: { 11: 'Maren Holt', 12: 'Tomas $& Reed', 14: 'Ada Vane' },
  others: { 13: 'Ilse Brandt' },
  current: { text: 'Maren Holt answers point by point.' },
};
const about = (text: string, change: object = {}) =>
  factsOf([JSON.stringify({ ...given, ...change, current: { text } })]).facts;
const seeds = Array.from({ length: 300 }, (_, n) => `seed ${n}`);

const everyone = [...Object.values(given.candidates), ...Object.values(given.others)];
const named = (text: string): string[] => everyone.filter((name) => text.includes(name));

describe('a new text', () => {
  it('comes from a bank with enough in it', () => {
    expect(new Set(GESTURES).size).toBeGreaterThanOrEqual(30);
    expect(new Set(EVENTS).size).toBeGreaterThanOrEqual(20);
    for (const gesture of GESTURES) expect(gesture.startsWith('{name} ')).toBe(true);
  });

  it.each([
    ['one candidate', 'Maren Holt answers point by point.', ['Maren Holt']],
    ['two candidates', 'Ada Vane waits for Maren Holt.', ['Maren Holt', 'Ada Vane']],
    ['nobody', 'The hall empties.', []],
    ['somebody who is no candidate', 'Ilse Brandt leaves.', []],
    ['a name with signs in it', 'Tomas $& Reed leaves.', ['Tomas $& Reed']],
  ])('names those whom the current one names: %s', (_, current, expected) => {
    for (const seed of seeds) {
      const text = tell({ facts: about(current) }, seeded(seed));
      expect(named(text)).toEqual(expected);
      expect(text).not.toBe(current);
      expect(text).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('differs from the current one even if that is what the seed gives', () => {
    for (const seed of seeds) {
      const first = tell({ facts: about('Maren Holt leaves.') }, seeded(seed));
      expect(tell({ facts: about(first) }, seeded(seed))).not.toBe(first);
    }
  });

  it('is varied, and repeats for equal seeds', () => {
    const texts = seeds.map((seed) => tell({ facts: about('Maren Holt leaves.') }, seeded(seed)));
    expect(new Set(texts).size).toBeGreaterThan(200);
    expect(texts).toEqual(seeds.map((seed) => tell({ facts: about('Maren Holt leaves.') }, seeded(seed))));
  });

  it('keeps to the length that is allowed', () => {
    for (const maxLength of [1, 50, 80])
      for (const seed of seeds.slice(0, 50))
        expect(tell({ facts: about('Maren Holt leaves.'), maxLength }, seeded(seed)).length).toBeLessThanOrEqual(
          maxLength,
        );
  });

  it('is a title of two to four words for a conflict', () => {
    const facts = about('The Salt Quarrel', { task: 'conflict.name' });
    for (const seed of seeds) {
      const title = tell({ facts }, seeded(seed));
      expect(title).not.toBe('The Salt Quarrel');
      expect(title).toMatch(/^[A-Za-z]+( [A-Za-z]+){1,3}$/);
    }
  });

  it('mentions the candidates whose names occur', () => {
    expect(mentionsIn('Ada Vane looks at Ilse Brandt and Maren Holt.', about(''))).toEqual(['11', '14']);
  });
});

const found = (...messages: string[]) => factsOf(messages).given;

describe('facts', () => {
  it('are the line that is a JSON object, of the latest message that has one with a task', () => {
    expect(found('Read this:\n{"task":"a","n":1}\nand answer.')).toEqual({ task: 'a', n: 1 });
    expect(found('{"task":"a"}', '{"task":"b"}')).toEqual({ task: 'b' });
    expect(found('{"task":"a"}', 'Not like this:\n{"text":"x"}\n{broken')).toEqual({ task: 'a' });
    expect(found('{"n":1}')).toEqual({ n: 1 });
    expect(found('nothing', '[1]')).toBeNull();
  });

  it('may lack what they usually have', () => {
    expect(factsOf(['{"task":3,"current":null,"candidates":[]}']).facts).toMatchObject({ current: {}, candidates: {} });
  });
});
