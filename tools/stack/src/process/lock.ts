import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { StackError, codeOf } from '../stack-error.ts';
import { waitUntil } from '../wait-until.ts';
import { identify, isRunning } from './identity.ts';
import { formatRun, parseRun } from './run-file.ts';

/** Whoever holds the lock, if that process still runs. */
export function holderOf(file: string): number | undefined {
  try {
    const record = parseRun('lock', readFileSync(file, 'utf8'));
    return record !== undefined && isRunning(record.identity) ? record.identity.pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes the lock for this process. The lock of a process that has ended is free.
 * @returns false when somebody else holds it
 */
export function takeLock(file: string): boolean {
  const self = identify(process.pid);
  if (self === undefined) return true;
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, formatRun({ name: 'lock', identity: self, port: 0 }));
  try {
    // A link appears whole or not at all, so that nobody reads a lock without its holder.
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    if (holderOf(file) === undefined) rmSync(file, { force: true });
    return false;
  } finally {
    unlinkSync(draft);
  }
}

export function releaseLock(file: string): void {
  rmSync(file, { force: true });
}

/**
 * Does `work` while holding the lock.
 * @throws StackError when somebody else has held it for five minutes
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  if (!(await waitUntil(() => takeLock(file), { timeout: 300_000, interval: 100 }))) {
    throw new StackError(`process ${holderOf(file)} has held ${file} for too long: end it and try again`);
  }
  try {
    return await work();
  } finally {
    releaseLock(file);
  }
}
