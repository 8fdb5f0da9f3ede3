import { canReach, messageOf, serverUser } from '@agon/stack';
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { testFolder } from '../servers/test-folder.ts';

/** `src` and `dist` are equally deep; the source stands in the former alone. */
const source = resolve(import.meta.dirname, '../../src/faults/slow-disk.c');

/** In the order in which they are tried. */
const compilers = ['cc', 'gcc', 'clang'];

let library: string | undefined;

/** Why this machine can't slow a disk down; undefined when it can. */
export function slowDiskMissing(): string | undefined {
  if (process.platform !== 'linux') return `a slow disk needs LD_PRELOAD, which ${process.platform} has not`;
  if (compilerOf() === undefined) return `a slow disk needs a C compiler (${compilers.join(', ')})`;
  return undefined;
}

/**
 * What to start a process with so that each of its fsync and fdatasync takes longer: `postgresProcess({ env, settings })`
 * with `fsync` on. The wait comes before the system's own call, which is still done.
 * @param milliseconds added to each sync, 0 or more; fractions count
 * @throws Error when {@link slowDiskMissing} says why
 */
export function slowDisk(milliseconds: number): Record<string, string> {
  library ??= compile();
  return { LD_PRELOAD: library, AGON_SYNC_DELAY_MS: String(milliseconds) };
}

function compilerOf(): string | undefined {
  return compilers.find((compiler) => spawnSync(compiler, ['--version']).status === 0);
}

/** Once per process, into a folder that goes with it and that the user who runs Postgres can read. */
function compile(): string {
  const missing = slowDiskMissing();
  if (missing !== undefined) throw new Error(missing);
  const file = join(testFolder().root, 'slow-disk.so');
  const result = spawnSync(compilerOf() ?? '', ['-shared', '-fPIC', '-O2', '-o', file, source, '-ldl'], {
    encoding: 'utf8',
  });
  if (result.status !== 0)
    throw new Error(`slow-disk.c: ${result.error === undefined ? result.stderr : messageOf(result.error)}`);
  chmodSync(file, 0o755);
  if (!canReach(serverUser(), file)) throw new Error(`${file} is out of reach for the user who runs Postgres`);
  return file;
}
