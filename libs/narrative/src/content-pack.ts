import { createHash } from 'node:crypto';
import { ContentPackError } from './content-pack-error.ts';
import { checkCoverage } from './coverage.ts';
import { parse, GrammarError, type Symbols } from './grammar.ts';
import {
  fileNames,
  packFileName,
  readPackFile,
  readSymbols,
  readTemplates,
  symbolsFileName,
  type SourceFile,
} from './pack-files.ts';
import { allSlots } from './slots.ts';
import { compileTemplates, type Template } from './template.ts';
import { specOf, textKind, type TextKind } from './text-kinds.ts';

/** One version of one set of texts, read and checked: every request finds a text in it, and every text expands. */
export interface ContentPack {
  /** `harbour@1`: what a story is pinned to. */
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly title: string;
  /** Language tag of the texts. */
  readonly locale: string;
  /** SHA-256 of the files, shortened: tells whether two processes hold the same texts. */
  readonly digest: string;
  readonly symbols: Symbols;
  /** By kind; in each, those with the most conditions first. */
  readonly templates: ReadonlyMap<TextKind, readonly Template[]>;
}

/**
 * Makes a pack of the texts of its files. Pure: {@link loadContentPacks} reads the folder.
 * @param where the pack's folder, as errors name it.
 * @param files text by file name; files that aren't JSON are not given.
 * @throws ContentPackError for the first mistake found.
 */
export const buildContentPack = (where: string, files: ReadonlyMap<string, string>): ContentPack => {
  refuseUnknownFiles(where, files);
  const source = (name: string): SourceFile => sourceFile(where, name, files);
  const about = readPackFile(source(packFileName));
  const symbols = compileSymbols(source(symbolsFileName));
  const templates = new Map(
    textKind.options.map((kind) => {
      const file = source(specOf(kind).file);
      const compiled = compileTemplates(kind, file.where, readTemplates(kind, file), symbols);
      checkCoverage(kind, file.where, compiled);
      return [kind, compiled];
    }),
  );
  return {
    id: `${about.name}@${about.version}`,
    name: about.name,
    version: about.version,
    title: about.title,
    locale: about.locale,
    digest: digestOf(files),
    symbols,
    templates,
  };
};

const refuseUnknownFiles = (where: string, files: ReadonlyMap<string, string>): void => {
  for (const name of files.keys()) {
    if (!fileNames.includes(name))
      throw new ContentPackError(`${where}/${name}: not a file of a pack; allowed are ${fileNames.join(', ')}`);
  }
};

const sourceFile = (where: string, name: string, files: ReadonlyMap<string, string>): SourceFile => {
  const text = files.get(name);
  if (text === undefined)
    throw new ContentPackError(`${where}/${name}: missing; a pack has the files ${fileNames.join(', ')}`);
  return { where: `${where}/${name}`, text };
};

const compileSymbols = (file: SourceFile): Symbols => {
  const written = readSymbols(file);
  const names = { slots: allSlots, symbols: Object.keys(written) };
  for (const name of names.symbols) {
    if (allSlots.some((slot) => slot.split('.')[0] === name))
      throw new ContentPackError(`${file.where}: symbols.${name}: this is the name of a slot; choose another one`);
  }
  return new Map(
    Object.entries(written).map(([name, phrases]) => [
      name,
      phrases.map((phrase, index) => {
        try {
          return parse(phrase, names);
        } catch (error) {
          if (!(error instanceof GrammarError)) throw error;
          throw new ContentPackError(`${file.where}: symbols.${name}[${index}]: ${error.message}`, { cause: error });
        }
      }),
    ]),
  );
};

const digestOf = (files: ReadonlyMap<string, string>): string => {
  const hash = createHash('sha256');
  for (const name of [...files.keys()].sort()) hash.update(JSON.stringify([name, files.get(name)]));
  return hash.digest('hex').slice(0, 16);
};
