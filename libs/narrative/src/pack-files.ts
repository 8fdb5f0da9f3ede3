import { z } from 'zod';
import { ContentPackError } from './content-pack-error.ts';
import { specOf, textKind, type TextKind, type Words } from './text-kinds.ts';

/** How the files of a pack must look, and how a mistake in one is told to the person who writes it. */

type Issue = Readonly<Parameters<z.core.$ZodErrorMap>[0]>;

const quoted = (words: readonly (string | number)[]): string => words.map((word) => JSON.stringify(word)).join(', ');

const found = (value: unknown): string => {
  if (value === undefined) return 'it is missing';
  if (Array.isArray(value)) return 'found a list';
  if (typeof value === 'object' && value !== null) return 'found an object';
  return `found ${JSON.stringify(value)}`;
};

const strict = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `not known here; allowed are ${quoted(Object.keys(shape).filter((key) => key !== '$schema'))}`
        : undefined,
  });

const described = (schema: z.ZodString, pattern: RegExp, what: string) =>
  schema.regex(pattern, { error: (issue) => `expected ${what}, ${found(issue.input)}` });

const wholeNumber = (issue: Issue): string => `expected a whole number of at least 1, ${found(issue.input)}`;
const prose = described(z.string(), /^\S(?:.*\S)?$/u, 'one line of text without spaces around it');
const schemaHint = { $schema: z.string().optional() };

const packFile = strict({
  ...schemaHint,
  name: described(z.string(), /^[a-z][a-z0-9-]{0,39}$/, 'lower-case letters, digits and hyphens'),
  version: z.int({ error: wholeNumber }).min(1, { error: wholeNumber }),
  title: prose,
  locale: described(z.string(), /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, 'a language tag such as "en" or "de-AT"'),
});

const symbolsFile = strict({
  ...schemaHint,
  symbols: z.record(described(z.string(), /^[a-z][A-Za-z]{0,29}$/, 'a word of letters'), z.array(prose).min(1)),
});

const valueOrList = (values: Words) =>
  z.union([values, z.array(values).min(1)], {
    error: (issue) => `expected one of ${quoted(values.options)} or a list of them, ${found(wrongIn(issue, values))}`,
  });

const wrongIn = (issue: Issue, values: Words): unknown => {
  const { input } = issue;
  if (!Array.isArray(input) || input.length === 0) return input;
  return input.find((item) => !values.safeParse(item).success);
};

const templatesFile = (kind: TextKind) =>
  strict({
    ...schemaHint,
    templates: z
      .array(
        strict({
          id: described(z.string(), /^[a-z0-9][a-z0-9-]{0,59}$/, 'lower-case letters, digits and hyphens'),
          when: strict(
            Object.fromEntries(
              Object.entries(specOf(kind).facts).map(([fact, values]) => [fact, valueOrList(values).optional()]),
            ),
          ).default({}),
          text: prose,
        }),
      )
      .min(1),
  });

export const packFileName = 'pack.json';
export const symbolsFileName = 'symbols.json';
/** Every file of a pack, all of them required. */
export const fileNames: readonly string[] = [
  packFileName,
  symbolsFileName,
  ...textKind.options.map((kind) => specOf(kind).file),
];

export type PackFile = z.infer<typeof packFile>;
export type TemplateEntry = z.infer<ReturnType<typeof templatesFile>>['templates'][number];

/** Where a file stands, as an error names it (`content-packs/harbour/beats.json`), and its text. */
export interface SourceFile {
  readonly where: string;
  readonly text: string;
}

export const readPackFile = (file: SourceFile): PackFile => read(packFile, file);
export const readSymbols = (file: SourceFile): Readonly<Record<string, string[]>> => read(symbolsFile, file).symbols;

const templateSchemas: ReadonlyMap<TextKind, ReturnType<typeof templatesFile>> = new Map(
  textKind.options.map((kind) => [kind, templatesFile(kind)]),
);
export const readTemplates = (kind: TextKind, file: SourceFile): readonly TemplateEntry[] =>
  read(templateSchemas.get(kind) ?? templatesFile(kind), file).templates;

const read = <Schema extends z.ZodType>(schema: Schema, file: SourceFile): z.output<Schema> => {
  const result = schema.safeParse(parseJson(file), { error: plainWords });
  if (result.success) return result.data;
  const [first, ...rest] = result.error.issues;
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
  throw new ContentPackError(`${file.where}: ${first === undefined ? 'not valid' : told(first)}${more}`);
};

const told = (issue: z.core.$ZodIssue): string => {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
  return `${jsonPath(path)}: ${issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message}`;
};

/** `templates[3].when.tone`; the whole file is `(file)`. */
const jsonPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((written, key) => {
    if (typeof key === 'number') return `${written}[${key}]`;
    return written === '' ? String(key) : `${written}.${String(key)}`;
  }, '') || '(file)';

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const plainWords = (issue: Issue): string | undefined => {
  if (issue.code === 'invalid_type') {
    const expected =
      typeof issue.expected === 'string' ? (typeNames[issue.expected] ?? issue.expected) : 'another type';
    return `expected ${expected}, ${found(issue.input)}`;
  }
  return issue.code === 'too_small' ? 'expected at least one entry' : undefined;
};

const parseJson = (file: SourceFile): unknown => {
  try {
    return JSON.parse(file.text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const offset = /at position (\d+)/.exec(message)?.[1];
    const before = offset === undefined ? file.text : file.text.slice(0, Number(offset));
    const lines = before.split('\n');
    const place = `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
    throw new ContentPackError(
      offset === undefined && !message.includes('end of JSON')
        ? `${file.where}: not valid JSON: ${message.replaceAll(/\s+/g, ' ')}`
        : `${file.where}: not valid JSON at ${place}: ${message.replace(/ (?:in JSON )?at position.*$/s, '').replaceAll(/\s+/g, ' ')}`,
      { cause: error },
    );
  }
};
