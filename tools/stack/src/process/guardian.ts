import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** What the guardian does stands in the script. */
const script = resolve(import.meta.dirname, '../../guardian.sh');

/**
 * Makes the processes of a run folder end with this process, also when it crashes or is killed.
 * @param runFolder where the pid files are
 * @param remove a folder to delete afterwards
 * @returns dismisses the guardian: what runs then goes on running
 */
export function guard(runFolder: string, remove = ''): () => void {
  // Its own session: Ctrl-C in a terminal reaches the process group of the terminal, not the guardian.
  const guardian = spawn('/bin/sh', [script, runFolder, remove], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  guardian.unref();
  // A missing /bin/sh leaves the processes unguarded; nothing else depends on the guardian.
  guardian.on('error', () => undefined);
  const { stdin } = guardian;
  stdin.on('error', () => undefined);
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return () => {
    guardian.kill('SIGKILL');
  };
}
