import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandContext } from '../commands/command.ts';
import { StackError } from '../stack-error.ts';
import { runTool } from './tool.ts';

/**
 * Builds every project whose sources changed since the last time. Says nothing unless it takes place and fails.
 * @throws StackError when it fails; the compiler's words are printed before
 */
export async function build({ folders, signal, say }: Pick<CommandContext, 'folders' | 'signal' | 'say'>) {
  mkdirSync(folders.logs, { recursive: true });
  const log = join(folders.logs, 'build.log');
  say('building…');
  const code = await runTool('nx', ['run-many', '-t', 'build', '--parallel=2', '--output-style=static'], {
    log,
    signal,
  });
  if (code === 0) return;
  process.stderr.write(readFileSync(log));
  throw new StackError(`the build failed: mend what stands above (also in ${log}), then run ./agon again`);
}
