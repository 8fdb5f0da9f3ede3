import { ModelFailure } from './model.ts';
import { readAnswer } from './read-answer.ts';

const answer = { text: 'The Empty {Chair', basis: 0, mentions: [] };
const json = JSON.stringify(answer);

const problemOf = (written: string): ModelFailure | undefined => {
  try {
    readAnswer('conflict.name', written);
    return undefined;
  } catch (error) {
    if (error instanceof ModelFailure) return error;
    throw error;
  }
};

it.each([
  ['as it is', json],
  ['with space around', `\n ${json}\n`],
  ['in prose', `Here you are: ${json} I hope that it helps {really}.`],
  ['in a code fence', '```json\n' + json + '\n```'],
  ['with a quotation mark inside', json.replace('Empty', String.raw`\"Empty\"`)],
])('reads an answer %s', (_, written) => {
  expect(readAnswer('conflict.name', written)).toMatchObject({ basis: 0, mentions: [] });
});

it('trims the text, as the schema says', () => {
  expect(readAnswer('conflict.name', JSON.stringify({ ...answer, text: ' Salt ' })).text).toBe('Salt');
});

it.each([
  ['nothing', ''],
  ['prose', 'I would rather not.'],
  ['an object that does not end', json.slice(0, -1)],
  ['an object that is no JSON', "{text: 'x'}"],
  ['a first object that is not the answer', `{} ${json}`],
  ['a trailing comma', json.replace('}', ',}')],
  ['another member', JSON.stringify({ ...answer, more: 1 })],
  ['a missing member', JSON.stringify({ text: 'Salt', basis: 0 })],
  ['a text that is too long', JSON.stringify({ ...answer, text: 'a'.repeat(61) })],
  ['a number as text', JSON.stringify({ ...answer, basis: '0' })],
])('refuses %s', (_, written) => {
  expect(problemOf(written)).toMatchObject({ reason: 'schema_invalid', verdict: 'neutral' });
});

it('tells what is wrong, and not what was written', () => {
  expect(problemOf(JSON.stringify({ ...answer, mentions: 'secret' }))?.message).toMatch(/^mentions: /);
  expect(problemOf('secret')?.message).not.toContain('secret');
});
