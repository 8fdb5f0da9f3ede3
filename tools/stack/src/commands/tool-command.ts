import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { build } from '../build/build.ts';
import { repositoryRoot } from '../paths.ts';
import type { Command } from './command.ts';

/**
 * A command that is a program of its own, `tools/<name>`: everything is built, then it runs with the same arguments and
 * on the same terminal. What it prints on stdout is its own alone.
 */
export const toolCommand =
  (name: string): Command =>
  async ({ args, folders, signal }) => {
    await build({ folders, signal, say: (line) => process.stderr.write(`${line}\n`) });
    const main = resolve(repositoryRoot, 'tools', name, 'dist/main.js');
    const tool = spawn(process.execPath, ['--enable-source-maps', main, ...args], { stdio: 'inherit' });
    // On a terminal Ctrl-C reaches the tool too; it ends what it started.
    signal.addEventListener('abort', () => tool.kill('SIGTERM'));
    const [code] = await once(tool, 'exit');
    signal.throwIfAborted();
    return typeof code === 'number' ? code : 1;
  };
