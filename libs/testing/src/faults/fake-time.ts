import { messageOf } from '@agon/stack';
import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { promisify } from 'node:util';
import { testFolder } from '../servers/test-folder.ts';

/** Where Debian's package puts the library, under the root or under a folder that it was unpacked into. */
const place = 'usr/lib/*/faketime/libfaketime.so.1';
/** Milliseconds for one call of the package manager. */
const PATIENCE_MS = 60_000;

const libraryUnder = (root: string): string | undefined =>
  globSync(place, { cwd: root })
    .map((path) => `${root}${path}`)
    .at(0);

let found: Promise<string> | undefined;

/** The system's own library, else Debian's package unpacked into a folder that goes with this process. */
async function findLibrary(): Promise<string> {
  const own = libraryUnder('/');
  if (own !== undefined) return own;
  if (!existsSync('/usr/bin/apt-get')) throw new Error('there is neither libfaketime nor apt-get');
  const { root } = testFolder();
  const run = (command: string, ...args: string[]) =>
    promisify(execFile)(command, args, { cwd: root, timeout: PATIENCE_MS });
  await run('apt-get', 'download', 'libfaketime');
  const [archive = ''] = globSync('libfaketime_*.deb', { cwd: root });
  await run('dpkg', '-x', archive, root);
  const library = libraryUnder(`${root}/`);
  if (library === undefined) throw new Error(`${archive} holds no ${place}`);
  return library;
}

const library = (): Promise<string> => (found ??= findLibrary());

/** Why this machine can't give a process another time; undefined when it can. */
export async function fakeTimeMissing(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `another time needs LD_PRELOAD, which ${process.platform} has not`;
  try {
    await library();
    return undefined;
  } catch (error) {
    found = undefined;
    return `another time needs libfaketime: ${messageOf(error).split('\n')[0]}`;
  }
}

/**
 * What to start a process with so that its clock is wrong; timers run as ever.
 * @param minutes by which its clock is ahead, negative when it is behind
 * @throws Error when {@link fakeTimeMissing} says why
 */
export async function fakeTime(minutes: number): Promise<Record<string, string>> {
  return {
    LD_PRELOAD: await library(),
    FAKETIME: `${minutes < 0 ? '' : '+'}${minutes}m`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
}
