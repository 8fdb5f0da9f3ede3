import { closeSync, existsSync, openSync, readSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { basename, join } from 'node:path';
import type { StateFolders } from '../paths.ts';
import { sizeOf } from '../process/last-line.ts';
import { StackError } from '../stack-error.ts';
import { flagsOf } from './arguments.ts';
import type { Command } from './command.ts';

/** Milliseconds between two looks at a followed log. */
const interval = 200;
const chunk = 64 * 1024;

/** Prints the logs of one process, or of all with the process's name before each line; `-f` goes on with what comes. */
export const run: Command = async ({ args, folders, signal, say }) => {
  const { flags, words } = flagsOf(args, ['follow,f'], 1);
  const followed = filesOf(folders, words[0]).map((file) => new LogReader(file, words.length === 0));
  do {
    for (const reader of followed) for (const line of reader.read()) say(line);
    if (!flags.has('follow')) break;
    await delay(interval, undefined, { signal }).catch(() => undefined);
  } while (!signal.aborted);
  return 0;
};

function filesOf({ logs }: StateFolders, name: string | undefined): string[] {
  const names = existsSync(logs) ? readdirSync(logs).filter((file) => file.endsWith('.log')) : [];
  if (names.length === 0) throw new StackError('there are no logs yet: run "./agon up"');
  if (name === undefined) return names.toSorted().map((file) => join(logs, file));
  if (names.includes(`${name}.log`)) return [join(logs, `${name}.log`)];
  const known = names.map((file) => basename(file, '.log')).toSorted();
  throw new StackError(`there is no log of "${name}"; there are ${known.join(', ')}`);
}

/** Reads a growing file, whole lines at a time. */
class LogReader {
  private readonly file: string;
  private readonly prefix: string;
  private position = 0;
  private rest = '';
  private readonly decoder = new TextDecoder();

  constructor(file: string, named: boolean) {
    this.file = file;
    this.prefix = named ? `${basename(file, '.log')} | ` : '';
  }

  /** The lines that were written since the last call. */
  *read(): Generator<string> {
    // A new start begins a new file in the old one's place.
    if (sizeOf(this.file) < this.position) this.position = 0;
    const descriptor = openSync(this.file, 'r');
    try {
      const bytes = Buffer.alloc(chunk);
      for (;;) {
        const count = readSync(descriptor, bytes, 0, chunk, this.position);
        if (count === 0) return;
        this.position += count;
        const lines = (this.rest + this.decoder.decode(bytes.subarray(0, count), { stream: true })).split('\n');
        this.rest = lines.pop() ?? '';
        for (const line of lines) yield this.prefix + line;
      }
    } finally {
      closeSync(descriptor);
    }
  }
}
