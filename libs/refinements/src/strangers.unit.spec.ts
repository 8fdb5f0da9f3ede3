import { strangersIn } from './strangers.ts';

const named = (name: string, at: number) => ({ npcId: String(at), name });
const strangers = (text: string, candidates: string[], others: string[]) =>
  strangersIn(text, candidates.map(named), others.map(named)).map(({ name }) => name);

describe('strangers in a text', () => {
  it.each([
    ['the whole name', 'Then Tobias Reed laughs.', ['Maren Holt'], ['Tobias Reed'], ['Tobias Reed']],
    ['a part of it', 'Then Tobias laughs.', ['Maren Holt'], ['Tobias Reed'], ['Tobias Reed']],
    ['nobody', 'Maren laughs.', ['Maren Holt'], ['Tobias Reed'], []],
    ['a part that a candidate bears too', 'Holt laughs.', ['Maren Holt'], ['Piet Holt'], []],
    ['a part that is a longer word', 'The Reedbeds burn.', ['Maren Holt'], ['Tobias Reed'], []],
    ['an article of a name', 'The door opens.', ['Maren Holt'], ['The Broker'], []],
    ['a name beside a possessive', 'Tobias’s hat is gone.', [], ['Tobias Reed'], ['Tobias Reed']],
  ])('%s', (_, text, candidates, others, expected) => {
    expect(strangers(text, candidates, others)).toEqual(expected);
  });
});
