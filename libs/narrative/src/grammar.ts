import { Pronouns } from '@agon/contracts';
import { formOf, isPersonForm, type PersonForm } from './person.ts';
import type { Random } from './random.ts';

/** A piece of a template: plain text, a slot that the request fills, or a symbol that the pack spells out. */
export type Token =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'slot';
      readonly slot: string;
      readonly param: string;
      readonly form?: PersonForm;
      readonly capitalize: boolean;
    }
  | { readonly type: 'symbol'; readonly symbol: string; readonly capitalize: boolean };

/** Symbols and the phrases that each may become. */
export type Symbols = ReadonlyMap<string, readonly (readonly Token[])[]>;

/** A template that can't be read or expanded; the message says what is allowed. */
export class GrammarError extends Error {
  override readonly name = 'GrammarError';
}

/** What a reference may name at the place where it stands. */
export interface Names {
  readonly slots: readonly string[];
  readonly symbols: readonly string[];
}

const reference = /^(?<name>[a-z][A-Za-z]*(?:\.[a-z]+)?)$/;
const capitalized = /\.capitalize$/;

/**
 * Reads a template: text with references between `#` signs, `#npc.name#`, `#hush#`, `#hush.capitalize#`.
 * @throws GrammarError when a `#` has no partner, or a reference names nothing that is known here.
 */
export const parse = (source: string, names: Names): Token[] => {
  const parts = source.split('#');
  if (parts.length % 2 === 0) throw new GrammarError('a # has no partner; write references as #name#');
  return parts.flatMap((part, index): Token[] => {
    if (index % 2 === 1) return [parseReference(part, names)];
    return part === '' ? [] : [{ type: 'text', text: part }];
  });
};

const parseReference = (written: string, names: Names): Token => {
  const name = written.replace(capitalized, '');
  const capitalize = name !== written;
  if (reference.test(name)) {
    if (names.slots.includes(name)) return { type: 'slot', slot: name, ...sourceOf(name), capitalize };
    if (names.symbols.includes(name)) return { type: 'symbol', symbol: name, capitalize };
  }
  throw new GrammarError(
    `unknown #${written}#; slots: ${listed(names.slots)}; symbols: ${listed(names.symbols)}; modifier: .capitalize`,
  );
};

const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));

/** The parameter that a slot reads: `npc.their` is a form of `npc.pronouns`, every other slot is its own parameter. */
const sourceOf = (slot: string): { param: string; form?: PersonForm } => {
  const [person, form] = slot.split('.');
  return form !== undefined && isPersonForm(form) ? { param: `${person}.pronouns`, form } : { param: slot };
};

/** Symbols may stand in symbols, this deep: deeper is taken for a mistake. */
export const maxDepth = 6;
/** Characters of a template's longest expansion: a paragraph at most. */
export const maxLength = 600;
/** What a slot counts for in that length: a long name. */
const slotLength = 24;

/** What expanding a template can lead to. */
export interface Reach {
  /** Every slot that some expansion uses. */
  readonly slots: ReadonlySet<string>;
  /** Every parameter that some expansion reads. */
  readonly params: ReadonlySet<string>;
  /** Characters of the longest expansion. */
  readonly length: number;
  /** Symbols inside symbols; 0 when there are none. */
  readonly depth: number;
}

/**
 * Follows every symbol to its end, once, so that expanding can't fail or run away later.
 * @throws GrammarError for symbols that contain themselves, are nested too deep or grow too long.
 */
export const reachOf = (tokens: readonly Token[], symbols: Symbols): Reach => {
  const reach = follow(tokens, { symbols, path: [], known: new Map() });
  if (reach.depth > maxDepth) throw new GrammarError(`symbols are nested ${reach.depth} deep; at most ${maxDepth}`);
  if (reach.length > maxLength)
    throw new GrammarError(`the longest expansion has ${reach.length} characters; at most ${maxLength}`);
  return reach;
};

interface Walk {
  readonly symbols: Symbols;
  /** The symbols that led here. */
  readonly path: readonly string[];
  /** Symbols that were followed before: without it, a few symbols of symbols would take for ever. */
  readonly known: Map<string, Reach>;
}

const follow = (tokens: readonly Token[], walk: Walk): Reach => {
  const slots = new Set<string>();
  const params = new Set<string>();
  let length = 0;
  let depth = 0;
  for (const token of tokens) {
    if (token.type === 'text') length += token.text.length;
    if (token.type === 'slot') {
      length += slotLength;
      slots.add(token.slot);
      params.add(token.param);
    }
    if (token.type !== 'symbol') continue;
    const inner = followSymbol(token.symbol, walk);
    for (const slot of inner.slots) slots.add(slot);
    for (const param of inner.params) params.add(param);
    length += inner.length;
    depth = Math.max(depth, inner.depth + 1);
  }
  return { slots, params, length, depth };
};

const followSymbol = (symbol: string, walk: Walk): Reach => {
  const known = walk.known.get(symbol);
  if (known !== undefined) return known;
  const path = [...walk.path, symbol];
  if (walk.path.includes(symbol))
    throw new GrammarError(`${path.map((name) => `#${name}#`).join(' → ')}: a symbol contains itself`);
  const phrases = (walk.symbols.get(symbol) ?? []).map((phrase) => follow(phrase, { ...walk, path }));
  const reach = {
    slots: new Set(phrases.flatMap(({ slots }) => [...slots])),
    params: new Set(phrases.flatMap(({ params }) => [...params])),
    length: Math.max(0, ...phrases.map(({ length }) => length)),
    depth: Math.max(0, ...phrases.map(({ depth }) => depth)),
  };
  walk.known.set(symbol, reach);
  return reach;
};

export interface Expansion {
  readonly text: string;
  /** What each symbol of the template became, by name; a second one of the same name is `name.2`. */
  readonly chosen: Readonly<Record<string, string>>;
}

/**
 * Spells a template out. Slot values go in as they are: a `#` in a name is just a character.
 * @throws GrammarError when a slot's parameter is missing.
 */
export const expand = (
  tokens: readonly Token[],
  symbols: Symbols,
  params: Readonly<Record<string, string | undefined>>,
  random: Random,
): Expansion => {
  const chosen = new Map<string, string>();
  const texts = tokens.map((token) => {
    const text = spell(token, symbols, params, random);
    if (token.type === 'symbol') chosen.set(freeName(token.symbol, chosen), text);
    return text;
  });
  return { text: texts.join(''), chosen: Object.fromEntries(chosen) };
};

const freeName = (symbol: string, chosen: ReadonlyMap<string, string>): string => {
  let name = symbol;
  for (let n = 2; chosen.has(name); n++) name = `${symbol}.${n}`;
  return name;
};

const spell = (
  token: Token,
  symbols: Symbols,
  params: Readonly<Record<string, string | undefined>>,
  random: Random,
): string => {
  if (token.type === 'text') return token.text;
  const text =
    token.type === 'slot'
      ? fill(token.param, token.form, params)
      : random
          .pick(symbols.get(token.symbol) ?? [])
          .map((inner) => spell(inner, symbols, params, random))
          .join('');
  return token.capitalize ? text.replace(/^\p{L}/u, (letter) => letter.toUpperCase()) : text;
};

const fill = (
  param: string,
  form: PersonForm | undefined,
  params: Readonly<Record<string, string | undefined>>,
): string => {
  const value = params[param];
  if (value === undefined)
    throw new GrammarError(`parameter ${param} is missing; given: ${listed(Object.keys(params))}`);
  return form === undefined ? value : formOf(Pronouns.parse(value), form);
};
