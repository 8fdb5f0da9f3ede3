import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StackError, codeOf } from '../stack-error.ts';
import { commandOf } from '../process/identity.ts';
import { tellingLine } from '../process/last-line.ts';
import { canReach, sharedFolder, type OsUser } from './server-user.ts';

export interface DataFolder {
  readonly folder: string;
  readonly binaries: string;
  readonly user: OsUser | undefined;
  /** Whether a new cluster is synced to disk; false for throw-away data. */
  readonly durable: boolean;
}

/** Name of the database and of its owner. */
export const databaseName = 'agon';

/** What to do about data that Postgres cannot use. */
export const howToMend = 'restore it from a copy, or start afresh with "./agon down --data"';

/**
 * Where the cluster of a state folder goes: into it, or into a folder outside the checkout when the server's user cannot
 * reach it there.
 */
export function placeOfData(dataRoot: string, user: OsUser | undefined): string {
  mkdirSync(dataRoot, { recursive: true });
  if (canReach(user, dataRoot)) return join(dataRoot, 'postgres');
  return join(sharedFolder(), `data-${createHash('sha256').update(dataRoot).digest('hex').slice(0, 12)}`);
}

/**
 * Makes the folder a cluster with an empty database if it is none yet; looks whether it is sound if it is one.
 * @throws StackError
 */
export function prepareData(data: DataFolder): void {
  if (existsSync(data.folder)) {
    checkSound(data);
    return;
  }
  // Made beside its place and moved there whole: a start that is cut short leaves no half of a cluster.
  const draft = `${data.folder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(dirname(draft), { recursive: true });
  // The folder alone is closed: `mkdir` with a mode and `recursive` would close its new parents too.
  mkdirSync(draft, { mode: 0o700 });
  if (data.user !== undefined) chownSync(draft, data.user.uid, data.user.gid);
  try {
    makeCluster(data, draft);
    renameSync(draft, data.folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

function makeCluster(data: DataFolder, folder: string): void {
  // Everyone on this machine is trusted, as with the other servers that listen on loopback only.
  const options = ['-U', databaseName, '-A', 'trust', '-E', 'UTF8', '--locale=C'];
  run(data, 'initdb', ['-D', folder, ...options, ...(data.durable ? [] : ['--no-sync'])]);
  const single = ['--single', '-D', folder, '-c', `fsync=${data.durable ? 'on' : 'off'}`, 'postgres'];
  run(data, 'postgres', single, `CREATE DATABASE ${databaseName};\n`);
}

function run(data: DataFolder, program: string, args: readonly string[], input = ''): void {
  const { user } = data;
  const result = spawnSync(join(data.binaries, program), args, {
    input,
    cwd: '/',
    encoding: 'utf8',
    env: postgresEnvironment(),
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });
  if (result.status === 0) return;
  const said = result.error?.message ?? tellingLine(result.stderr);
  throw new StackError(`Postgres could not make its data folder ${data.folder}: ${said}`);
}

/** Fixed, so that the machine's language and time zone leave no trace in the cluster. */
export function postgresEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

function checkSound({ folder, binaries, user }: DataFolder): void {
  const made = majorOf(folder);
  const have = /(\d+)\.\d+/.exec(output(user, join(binaries, 'postgres'), '--version'))?.[1];
  if (have !== undefined && have !== made) {
    throw new StackError(`${folder} was made by Postgres ${made}, but this one is Postgres ${have}: ${howToMend}`);
  }
}

function majorOf(folder: string): string {
  try {
    accessSync(join(folder, 'global/pg_control'));
    return readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  } catch (error) {
    if (codeOf(error) !== 'EACCES') throw new StackError(`${folder} is no sound Postgres data folder: ${howToMend}`);
    throw new StackError(`${folder} belongs to another user: run ./agon as the user who ran it first`);
  }
}

function output(user: OsUser | undefined, command: string, ...args: string[]): string {
  const as = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  return spawnSync(command, args, { encoding: 'utf8', cwd: '/', ...as }).stdout;
}

/**
 * After a crash the lock file still says "ready", and names a pid that another process may have got since: Postgres
 * would refuse to start.
 * @throws StackError when a Postgres still serves this folder
 */
export function removeStaleLock(folder: string): void {
  const lock = join(folder, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = readFileSync(lock, 'utf8').split('\n')[0] ?? '';
  if (commandOf(Number(pid)).includes(folder)) {
    throw new StackError(`a Postgres (process ${pid}) still serves ${folder}: end it, or run "./agon down"`);
  }
  rmSync(lock, { force: true });
}
