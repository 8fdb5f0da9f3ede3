import { isFenced } from './fence.ts';

const words = 'Challenge the harbour master';
const marker = "=== player's words 7f3a9c2e4b ===";
const fenced = ['The facts:', '{"task":"flow.beat_prose"}', '', marker, JSON.stringify(words), marker].join('\n');

describe('words of the player', () => {
  it.each<[string, object]>([
    ['an input', { instructions: 'Write.', input: fenced }],
    ['a message', { instructions: 'Write.', input: [{ role: 'user', content: fenced }] }],
    ['parts of a message', { input: [{ role: 'user', content: [{ type: 'input_text', text: fenced }] }] }],
    [
      'a chat',
      {
        messages: [
          { role: 'system', content: 'Write.' },
          { role: 'user', content: fenced },
        ],
      },
    ],
  ])('are data inside the fence of %s', (_where, request) => {
    expect(isFenced(request, words)).toBe(true);
  });

  it.each<[string, object]>([
    ['in the instructions', { instructions: words, input: fenced }],
    [
      'in a message of the system',
      {
        messages: [
          { role: 'system', content: words },
          { role: 'user', content: fenced },
        ],
      },
    ],
    ['before the fence', { input: `${words}\n${fenced}` }],
    ['after the fence', { input: `${fenced}\n${words}` }],
    ['without a fence', { input: `The facts:\n{"choice":"${words}"}` }],
    ['nowhere', { instructions: 'Write.', input: 'The facts:\n{}' }],
    ['in something that is no request', { input: 7 }],
  ])('are not data alone %s', (_where, request) => {
    expect(isFenced(request, words)).toBe(false);
  });
});
