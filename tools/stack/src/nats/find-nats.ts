import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { StackError } from '../stack-error.ts';
import { stateFolders } from '../paths.ts';
import { fetchNats } from './fetch-nats.ts';

/** Oldest server that will do (architecture section 12): atomic batches, TTLs and paused consumers. */
export const oldestNats: readonly [number, number] = [2, 11];

/** @param text what `nats-server --version` prints */
export function isRecent(text: string): boolean {
  const [, major, minor] = /v(\d+)\.(\d+)\./.exec(text) ?? [];
  if (major === undefined || minor === undefined) return false;
  const [oldMajor, oldMinor] = oldestNats;
  return Number(major) > oldMajor || (Number(major) === oldMajor && Number(minor) >= oldMinor);
}

async function works(file: string): Promise<boolean> {
  try {
    accessSync(file, constants.X_OK);
    const { stdout } = await promisify(execFile)(file, ['--version']);
    return isRecent(stdout);
  } catch {
    return false;
  }
}

/**
 * A `nats-server` of at least {@link oldestNats}: on the PATH, else kept under `.agon/bin`, else fetched there by the
 * system's package manager without changing the system.
 * @param signal ends a fetch under way
 * @throws StackError that says how to get one
 */
export async function findNats(signal?: AbortSignal): Promise<string> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const { bin } = stateFolders();
  const kept = join(bin, 'nats-server');
  for (const file of [...onPath.map((folder) => join(folder, 'nats-server')), kept]) {
    if (await works(file)) return file;
  }
  await fetchNats(kept, () => works(kept), signal);
  if (await works(kept)) return kept;
  throw new StackError(`the nats-server fetched into ${kept} does not run here: ${howToGetNats}`);
}

/** What a person can do instead. */
export const howToGetNats = `install nats-server ${oldestNats.join('.')} or newer on the PATH, or set NATS_URL to a running one`;
