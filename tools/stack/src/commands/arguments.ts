import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { StackError, messageOf } from '../stack-error.ts';

/**
 * The flags and words behind a command.
 * @param allowed the flags, each true or absent; one that ends in `=` takes a value
 * @param words how many words may follow
 * @throws StackError that names what is not allowed
 */
export function flagsOf(
  args: readonly string[],
  allowed: readonly string[],
  words = 0,
): { flags: ReadonlySet<string>; values: ReadonlyMap<string, string>; words: string[] } {
  const options: ParseArgsOptionsConfig = {};
  for (const name of allowed) {
    const [long = name, short] = name.replace('=', '').split(',');
    const type = name.endsWith('=') ? 'string' : 'boolean';
    options[long] = short === undefined ? { type } : { type, short };
  }
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: words > 0 });
    if (positionals.length > words) throw new Error(`"${positionals[words] ?? ''}" is one word too many`);
    const given = Object.entries(values).flatMap<[string, string]>(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    );
    return { flags: new Set(Object.keys(values)), values: new Map(given), words: positionals };
  } catch (error) {
    throw new StackError(`${messageOf(error)} (see "./agon help")`);
  }
}
