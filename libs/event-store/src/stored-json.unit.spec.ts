import * as fc from 'fast-check';
import { UnstorableError } from './append-errors.ts';
import { storedForm, storedJson } from './stored-json.ts';

const key = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 4 }), fc.constantFrom('__proto__', '1', '10', 'é', 'zz'));
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(null, true, -0)),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 6 }),
  ),
}));
const value = fc.dictionary(key, tree, { maxKeys: 8, noNullPrototype: true });

const unstorable = (text: string): boolean => text.includes('\0') || !text.isWellFormed();

describe('the stored form', () => {
  it('is what its own text is parsed to', () => {
    fc.assert(
      fc.property(value, (input) => {
        const form = storedForm(input);
        expect(form).toStrictEqual(JSON.parse(storedJson(form)));
        expect(form).toEqual(JSON.parse(JSON.stringify(input)));
      }),
    );
  });

  it('keeps a key that objects know otherwise', () => {
    const text = '{"a":1,"__proto__":{"b":2}}';
    expect(storedJson(storedForm(JSON.parse(text)))).toBe(text);
  });

  it('keeps no part of what it was made from', () => {
    const input = { list: [{ level: 1 }], deep: { er: { level: 1 } } };
    const form = storedForm(input);
    input.list[0] = { level: 2 };
    input.deep.er.level = 2;
    expect(form).toEqual({ list: [{ level: 1 }], deep: { er: { level: 1 } } });
  });

  it('has its keys by length in UTF-8, then by bytes', () => {
    expect(Object.keys(storedForm({ zz: 1, abc: 1, b: 1, a: 1 }))).toEqual(['a', 'b', 'zz', 'abc']);
    const form = storedForm({ zz: 1, é: 1, b: 1, a: 1, '🎲': 1, abc: 1, '': 1 });
    expect(Object.keys(form)).toEqual(['', 'a', 'b', 'zz', 'é', 'abc', '🎲']);
  });

  it('leaves out what is undefined, and knows no -0', () => {
    expect(storedForm({ a: undefined, n: -0, list: [undefined, -0] })).toStrictEqual({ n: 0, list: [null, 0] });
  });

  it('refuses what is not plain JSON', () => {
    for (const bad of [{ n: Number.NaN }, { n: [Infinity] }, { at: new Date(0) }]) {
      expect(() => storedForm(bad)).toThrow(UnstorableError);
    }
  });
});

describe('stored text', () => {
  const piece = fc.constantFrom('\\', '\0', 'u0000', 'ud83c', '\ud83c', '\udfb2', '"', '\n', '\u0001', 'a');
  const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));

  it('is refused exactly when it holds a zero character or half a surrogate pair, as a value and as a key', () => {
    fc.assert(
      fc.property(text, (some) => {
        for (const input of [{ some }, { [some]: 1 }, { list: [some] }]) {
          const store = (): string => storedJson(storedForm(input));
          if (unstorable(some)) expect(store).toThrow(UnstorableError);
          else expect(JSON.parse(store())).toEqual(input);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
