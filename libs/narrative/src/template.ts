import { ContentPackError } from './content-pack-error.ts';
import { GrammarError, parse, reachOf, type Symbols, type Token } from './grammar.ts';
import type { TemplateEntry } from './pack-files.ts';
import { optionalParamsOf, slotsOf } from './slots.ts';
import { specOf, type TextKind } from './text-kinds.ts';

/** A condition holds when the fact has one of the values. */
export interface Condition {
  readonly fact: string;
  readonly values: ReadonlySet<string>;
}

/** A template, ready to be picked. */
export interface Template {
  /** `<kind>.<id>`: stable, so that a client can translate by it. */
  readonly key: string;
  readonly conditions: readonly Condition[];
  readonly tokens: readonly Token[];
  /** Optional parameters without which it can't be used. */
  readonly needs: readonly string[];
}

/** Whether every condition holds. */
export const fits = (template: Template, facts: Readonly<Record<string, string>>): boolean =>
  template.conditions.every(({ fact, values }) => {
    const value = facts[fact];
    return value !== undefined && values.has(value);
  });

/**
 * Reads the templates of one file, most conditions first (in the file's order where equal).
 * @throws ContentPackError for a doubled id, an unknown reference, or a text that does not name whom it must.
 */
export const compileTemplates = (
  kind: TextKind,
  where: string,
  entries: readonly TemplateEntry[],
  symbols: Symbols,
): readonly Template[] => {
  const ids = new Map<string, number>();
  const templates = entries.map((entry, index) => {
    const first = ids.get(entry.id);
    if (first !== undefined)
      throw new ContentPackError(
        `${where}: templates[${index}].id: ${JSON.stringify(entry.id)} is taken by templates[${first}]; ids are unique in a file`,
      );
    ids.set(entry.id, index);
    return compileTemplate(kind, `${where}: templates[${index}].text`, entry, symbols);
  });
  return templates.sort((a, b) => b.conditions.length - a.conditions.length);
};

const compileTemplate = (kind: TextKind, where: string, entry: TemplateEntry, symbols: Symbols): Template => {
  const tokens = inFile(where, () => parse(entry.text, { slots: slotsOf(kind), symbols: [...symbols.keys()] }));
  const reach = inFile(where, () => reachOf(tokens, symbols));
  const alien = [...reach.slots].find((slot) => !slotsOf(kind).includes(slot));
  if (alien !== undefined)
    throw new ContentPackError(
      `${where}: a symbol leads to #${alien}#, which is no slot here; slots: ${slotsOf(kind).join(', ')}`,
    );
  checkNames(kind, where, tokens);
  if (kind === 'conflict-name') checkConflictName(where, entry.text);
  return {
    key: `${kind}.${entry.id}`,
    conditions: Object.entries(entry.when).flatMap(([fact, values]) =>
      values === undefined ? [] : [{ fact, values: new Set([values].flat()) }],
    ),
    tokens,
    needs: optionalParamsOf(kind).filter((param) => reach.params.has(param)),
  };
};

const inFile = <T>(where: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GrammarError)) throw error;
    throw new ContentPackError(`${where}: ${error.message}`, { cause: error });
  }
};

const checkNames = (kind: TextKind, where: string, tokens: readonly Token[]): void => {
  const { mustName } = specOf(kind);
  if (mustName === undefined) return;
  const slot = `${mustName}.name`;
  if (!tokens.some((token) => token.type === 'slot' && token.slot === slot))
    throw new ContentPackError(`${where}: expected #${slot}# in it: every text of this kind names its person`);
};

/** A name has 2 to 4 words and 3 to 60 characters (domain rules of naming), so no symbol may stand in it. */
const checkConflictName = (where: string, text: string): void => {
  const words = text.split(/\s+/u).length;
  if (text.includes('#') || words < 2 || words > 4 || text.length > 60)
    throw new ContentPackError(
      `${where}: expected 2 to 4 plain words, 60 characters at most, found ${JSON.stringify(text)}`,
    );
};
