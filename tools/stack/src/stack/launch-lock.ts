import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StateFolders } from '../paths.ts';
import { identify } from '../process/identity.ts';
import { holderOf, releaseLock, takeLock } from '../process/lock.ts';
import { endProcess } from '../process/managed-process.ts';
import { StackError } from '../stack-error.ts';

const lockOf = ({ run }: StateFolders): string => join(run, 'launch.lock');

/**
 * Lets one launcher at a time start things in a state folder.
 * @returns gives the state folder free
 * @throws StackError when another launcher is at work
 */
export function lockLaunch(folders: StateFolders): () => void {
  mkdirSync(folders.run, { recursive: true });
  const file = lockOf(folders);
  // The second try takes the place of a launcher that has ended.
  if (!takeLock(file) && !takeLock(file)) {
    throw new StackError(`another ./agon (process ${holderOf(file)}) is at work: wait for it, or run "./agon down"`);
  }
  return () => releaseLock(file);
}

/**
 * Ends the launcher that is at work in a state folder; it stops what it started.
 * @returns false when there is none
 */
export async function endLauncher(folders: StateFolders): Promise<boolean> {
  const pid = holderOf(lockOf(folders));
  const launcher = pid === undefined || pid === process.pid ? undefined : identify(pid);
  // Its own children have 10 s to end, and it ends services before servers.
  if (launcher === undefined) return false;
  await endProcess(launcher, 'SIGTERM', 25_000);
  return true;
}
