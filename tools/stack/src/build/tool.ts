import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { repositoryRoot } from '../paths.ts';
import { identify } from '../process/identity.ts';

export interface ToolOptions {
  /** File for everything the tool prints; it prints to this process's own output if left out. */
  readonly log?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

const binaries = resolve(repositoryRoot, 'node_modules/.bin');

/**
 * Runs a program of the workspace, such as nx, from the root of the checkout, with the Node that runs this process.
 * A signal ends it together with everything it started.
 * @returns its exit code
 */
export async function runTool(program: string, args: readonly string[], options: ToolOptions = {}): Promise<number> {
  const { log, signal } = options;
  signal?.throwIfAborted();
  const output = log === undefined ? undefined : openSync(log, 'w');
  try {
    const child = spawn(process.execPath, [resolve(binaries, program), ...args], {
      cwd: repositoryRoot,
      env: {
        ...process.env,
        PATH: [binaries, process.env['PATH'] ?? ''].join(delimiter),
        // No server of its own stays behind, and its output is lines.
        NX_DAEMON: 'false',
        NX_TUI: 'false',
        ...options.env,
      },
      stdio: ['ignore', output ?? 'inherit', output ?? 'inherit'],
      // A process group of its own: the tool's children end with it.
      detached: true,
    });
    const end = (): void => endGroup(child.pid);
    signal?.addEventListener('abort', end);
    try {
      return await new Promise<number>((settle, fail) => {
        child.once('error', fail);
        child.once('exit', (code) => settle(code ?? 1));
      });
    } finally {
      signal?.removeEventListener('abort', end);
      signal?.throwIfAborted();
    }
  } finally {
    if (output !== undefined) closeSync(output);
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined || identify(pid) === undefined) return;
  process.kill(-pid, 'SIGKILL');
}
