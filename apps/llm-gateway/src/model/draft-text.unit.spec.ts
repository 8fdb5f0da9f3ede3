import * as fc from 'fast-check';
import { tellGrowth } from './draft-text.ts';

function told(pieces: readonly string[]): string[] {
  const texts: string[] = [];
  const tell = tellGrowth((text) => texts.push(text));
  let written = '';
  for (const piece of pieces) tell((written += piece));
  return texts;
}

it('tells the text when it has grown, and only then', () => {
  expect(told(['Sure: {"ba', 'sis":0,"te', 'xt":"Ma', '', 'ren ', 'waits."', ',"mentions":["11"]}'])).toEqual([
    'Ma',
    'Maren',
    'Maren waits.',
  ]);
});

it('waits for the whole of an escape and of a character', () => {
  const pieces = [String.raw`{"text":"a\u00`, String.raw`e9 \ud83d`, String.raw`\udc4d`, String.raw`\n`, 'b"}'];
  expect(told(pieces)).toEqual(['a', 'aé', 'aé 👍', 'aé 👍\nb']);
});

it.each(['', 'no object', '{', '[]', '{"text":7}', '{"other":"x"}', '{"text" "x"', '{{{'])(
  'tells nothing of %j',
  (written) => {
    expect(told([written])).toEqual([]);
  },
);

it('ends with the text of the answer, however that comes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 9 }), (text, size) => {
      const json = JSON.stringify({ text, basis: 0 });
      const pieces = Array.from({ length: Math.ceil(json.length / size) }, (_, n) =>
        json.slice(n * size, (n + 1) * size),
      );
      const texts = told(pieces);
      expect(texts.at(-1) ?? '').toBe(text.trim());
      for (const draft of texts) expect(text.trim().startsWith(draft)).toBe(true);
    }),
  );
});
