import { formOf, npcParams, personForms } from './person.ts';

const sentence = (who: 'she' | 'he' | 'they' | 'it'): string => personForms.map((form) => formOf(who, form)).join(' ');
it('makes verbs agree', () => {
  expect(sentence('she')).toBe('she her her herself is has s es');
  expect(sentence('he')).toBe('he him his himself is has s es');
  expect(sentence('it')).toBe('it it its itself is has s es');
  expect(sentence('they')).toBe('they them their themself are have  ');
});

it('names the parameters of a person', () => {
  expect(npcParams({ name: 'Maren', pronouns: 'she' })).toEqual({ 'npc.name': 'Maren', 'npc.pronouns': 'she' });
});
