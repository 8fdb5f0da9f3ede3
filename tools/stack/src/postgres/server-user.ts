import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../paths.ts';
import { StackError } from '../stack-error.ts';

/** An account of the system. */
export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

/** @param passwd text of `/etc/passwd` */
export function parseUser(passwd: string, name: string): OsUser | undefined {
  const line = passwd.split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) return undefined;
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * Who runs Postgres: it refuses root, so that root starts it as the owner of the data that are there, else as `postgres`
 * or `nobody`, whichever exists.
 * @param data folder of the cluster, if there may be one already
 * @returns undefined when this process is not root and Postgres can run as it is
 */
export function serverUser(data?: string): OsUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (data !== undefined && existsSync(data)) {
    const { uid, gid } = statSync(data);
    if (uid !== 0) return { uid, gid };
  }
  const passwd = readFileSync('/etc/passwd', 'utf8');
  const user = parseUser(passwd, 'postgres') ?? parseUser(passwd, 'nobody');
  if (user === undefined) {
    throw new StackError('Postgres refuses to run as root and there is no user "postgres" or "nobody": run as a user');
  }
  return user;
}

/**
 * Whether this user can use this path. Asked of a shell that runs as the user: a checkout under a closed folder (such as
 * root's home) shuts it out, whatever the path's own mode is.
 */
export function canReach(user: OsUser | undefined, path: string): boolean {
  if (user === undefined) return existsSync(path);
  const { uid, gid } = user;
  return spawnSync('/bin/sh', ['-c', '[ -x "$0" ]', path], { uid, gid, cwd: '/' }).status === 0;
}

/**
 * A folder outside the checkout that every user can pass through, one per checkout; `/var/tmp` outlives a restart of the
 * machine. Its name is known to all, so one that somebody else made is refused.
 */
export function sharedFolder(): string {
  const parent = existsSync('/var/tmp') ? '/var/tmp' : tmpdir();
  const key = createHash('sha256').update(repositoryRoot).digest('hex').slice(0, 12);
  const folder = join(parent, `agon-${process.getuid?.() ?? 0}-${key}`);
  if (!existsSync(folder)) mkdirSync(folder);
  const state = lstatSync(folder);
  if (!state.isDirectory() || state.uid !== process.getuid?.()) {
    throw new StackError(
      `${folder} belongs to somebody else: remove it, or move the checkout where others can read it`,
    );
  }
  chmodSync(folder, 0o711);
  return folder;
}
