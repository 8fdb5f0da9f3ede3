import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { StackError, messageOf } from '../stack-error.ts';

/**
 * The flags and words behind a command.
 * @param allowed the flags, each true or absent
 * @param words how many words may follow
 * @throws StackError that names what is not allowed
 */
export function flagsOf(
  args: readonly string[],
  allowed: readonly string[],
  words = 0,
): { flags: ReadonlySet<string>; words: string[] } {
  const options: ParseArgsOptionsConfig = {};
  for (const name of allowed) {
    const [long = name, short] = name.split(',');
    options[long] = short === undefined ? { type: 'boolean' } : { type: 'boolean', short };
  }
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: words > 0 });
    if (positionals.length > words) throw new Error(`"${positionals[words] ?? ''}" is one word too many`);
    return { flags: new Set(Object.keys(values)), words: positionals };
  } catch (error) {
    throw new StackError(`${messageOf(error)} (see "./agon help")`);
  }
}
