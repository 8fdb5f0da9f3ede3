import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../build/build.ts';
import { repositoryRoot } from '../paths.ts';
import { StackError } from '../stack-error.ts';
import type { Command } from './command.ts';

/**
 * Builds everything and runs a program of `tools/`, with whatever follows its name; behind `npm run bench`. What the tool
 * prints on stdout stays its own.
 */
export const run: Command = async ({ args: [name = '', ...args], folders, signal }) => {
  const project = join(repositoryRoot, 'tools', name);
  if (name === '' || !existsSync(join(project, 'src/main.ts'))) throw new StackError(`there is no tool "${name}"`);
  await build({ folders, signal, say: (line) => process.stderr.write(`${line}\n`) });
  const child = spawn(process.execPath, [join(project, 'dist/main.js'), ...args], {
    cwd: repositoryRoot,
    stdio: 'inherit',
  });
  // The terminal tells both; a signal that was sent to this process alone is passed on.
  const end = (): void => {
    child.kill('SIGTERM');
  };
  signal.addEventListener('abort', end);
  try {
    return await new Promise<number>((settle, fail) => {
      child.once('error', fail);
      child.once('exit', (code) => settle(code ?? 1));
    });
  } finally {
    signal.removeEventListener('abort', end);
  }
};
