import * as fc from 'fast-check';
import { expand, parse, reachOf, type Symbols, type Token } from './grammar.ts';
import { random } from './random.ts';

const slots = ['npc.name', 'npc.they', 'npc.their', 'npc.s', 'player'];
const draw = (n = 0) => random({ storySeed: 'g', inputSequence: 0, stream: 'test', n });
const maren = { 'npc.name': 'Maren', 'npc.pronouns': 'she', player: 'you' };

const symbolsOf = (written: Record<string, string[]>): Symbols => {
  const names = { slots, symbols: Object.keys(written) };
  return new Map(
    Object.entries(written).map(([name, phrases]) => [name, phrases.map((phrase) => parse(phrase, names))]),
  );
};
const read = (source: string, symbols: Symbols = new Map()): Token[] =>
  parse(source, { slots, symbols: [...symbols.keys()] });
const spelled = (source: string, written: Record<string, string[]> = {}, params = maren) => {
  const symbols = symbolsOf(written);
  return expand(read(source, symbols), symbols, params, draw());
};

describe('parse', () => {
  it('tells text, slots and symbols apart', () => {
    const symbols = symbolsOf({ hush: ['quiet'] });
    expect(read('A #npc.their# #hush.capitalize#', symbols)).toEqual([
      { type: 'text', text: 'A ' },
      { type: 'slot', slot: 'npc.their', param: 'npc.pronouns', form: 'their', capitalize: false },
      { type: 'text', text: ' ' },
      { type: 'symbol', symbol: 'hush', capitalize: true },
    ]);
  });

  it.each(['#npc.nmae#', '#npc.name.upper#', '##', '# player#', '#npc#'])(
    'refuses %j and says what there is',
    (source) => {
      const expected =
        `unknown ${source}; slots: npc.name, npc.they, npc.their, npc.s, player; ` +
        'symbols: hush; modifier: .capitalize';
      expect(() => parse(source, { slots, symbols: ['hush'] })).toThrow(expected);
    },
  );

  it('refuses a # without a partner', () => {
    expect(() => read('number # one')).toThrow('a # has no partner; write references as #name#');
  });
});

describe('expand', () => {
  it('fills slots and derives the forms of a person', () => {
    expect(spelled('#npc.name# lifts #npc.their# eyes; #npc.they# smile#npc.s# at #player#.').text).toBe(
      'Maren lifts her eyes; she smiles at you.',
    );
    expect(
      spelled('#npc.they.capitalize# smile#npc.s#.', {}, { 'npc.name': 'Ode', 'npc.pronouns': 'they', player: 'you' })
        .text,
    ).toBe('They smile.');
  });

  it('capitalizes letters beyond ASCII, and leaves other signs alone', () => {
    expect(spelled('#player.capitalize#', {}, { ...maren, player: 'école' }).text).toBe('École');
    expect(spelled('#player.capitalize#', {}, { ...maren, player: '9 lives' }).text).toBe('9 lives');
  });

  it('says what each symbol became, also the second of one name, and nested ones as part of it', () => {
    const { text, chosen } = spelled('#a# #a.capitalize#', { a: ['to #b#'], b: ['sea'] });
    expect(text).toBe('to sea To sea');
    expect(chosen).toEqual({ a: 'to sea', 'a.2': 'To sea' });
  });

  it('lets symbols use slots', () => {
    expect(spelled('#own#', { own: ['#npc.their# own'] }).text).toBe('her own');
  });

  it('takes values as they are, whatever is in them', () => {
    fc.assert(
      fc.property(fc.string(), (player) => spelled('<#player#>', {}, { ...maren, player }).text === `<${player}>`),
    );
  });

  it('chooses by the seed alone', () => {
    const written = { tide: ['ebb', 'flood', 'slack'] };
    const symbols = symbolsOf(written);
    const once = (n: number): string => expand(read('#tide#', symbols), symbols, maren, draw(n)).text;
    expect(once(5)).toBe(once(5));
    expect(new Set(Array.from({ length: 40 }, (_, n) => once(n))).size).toBe(3);
  });

  it('refuses a missing parameter', () => {
    const tokens = read('#player#');
    expect(() => expand(tokens, new Map(), { 'npc.name': 'Maren' }, draw())).toThrow(
      'parameter player is missing; given: npc.name',
    );
  });
});

const tenfold = (name: string): string[] => [`#${name}#`.repeat(10)];

describe('reachOf', () => {
  it('finds the slots and parameters of every expansion', () => {
    const symbols = symbolsOf({ a: ['x', '#b#'], b: ['#npc.their#', '#player#'] });
    const reach = reachOf(read('#npc.name# #a#', symbols), symbols);
    expect([...reach.slots].sort()).toEqual(['npc.name', 'npc.their', 'player']);
    expect([...reach.params].sort()).toEqual(['npc.name', 'npc.pronouns', 'player']);
    expect(reach.depth).toBe(2);
  });

  it('refuses a symbol that contains itself', () => {
    const symbols = symbolsOf({ a: ['#b#'], b: ['fine', '#a#'] });
    expect(() => reachOf(read('#a#', symbols), symbols)).toThrow('#a# → #b# → #a#: a symbol contains itself');
  });

  it('refuses deep nesting', () => {
    const written = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, index, all) => [name, [`#${all[index + 1] ?? 'h'}#`]]),
    );
    const symbols = symbolsOf({ ...written, h: ['end'] });
    expect(() => reachOf(read('#a#', symbols), symbols)).toThrow('symbols are nested 8 deep; at most 6');
  });

  it('refuses, at once, symbols that multiply, even when they hold nothing but slots', () => {
    const symbols = symbolsOf({ a: tenfold('b'), b: tenfold('c'), c: tenfold('d'), d: tenfold('e'), e: ['#player#'] });
    expect(() => reachOf(read('#a#', symbols), symbols)).toThrow(
      'the longest expansion has 240000 characters; at most 600',
    );
  });
});
