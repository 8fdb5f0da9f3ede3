import { rmSync } from 'node:fs';
import type { StateFolders } from '../paths.ts';
import { placeOfData } from '../postgres/data-folder.ts';
import { serverUser } from '../postgres/server-user.ts';
import { endProcess } from '../process/managed-process.ts';
import { readRuns, removeRun, type RunRecord } from '../process/run-file.ts';
import { endLauncher } from './launch-lock.ts';

/** Postgres takes SIGTERM as "wait for every client to leave". */
const stopSignals: Readonly<Record<string, NodeJS.Signals>> = { postgres: 'SIGINT' };
const servers: readonly string[] = ['postgres', 'nats'];

/**
 * Ends everything that runs in a state folder, whoever started it: services first, then broker and database.
 * @returns names of what was ended
 */
export async function down(folders: StateFolders): Promise<string[]> {
  const ended = (await endLauncher(folders)) ? ['the command that was at work'] : [];
  const runs = readRuns(folders.run);
  const end = async (record: RunRecord): Promise<void> => {
    await endProcess(record.identity, stopSignals[record.name] ?? 'SIGTERM');
    removeRun(folders.run, record.name);
  };
  await Promise.all(runs.filter(({ name }) => !servers.includes(name)).map(end));
  await Promise.all(runs.filter(({ name }) => servers.includes(name)).map(end));
  return [...ended, ...runs.map(({ name }) => name)];
}

/** Deletes the data of a state folder; nothing may run in it. */
export function removeData(folders: StateFolders): void {
  rmSync(placeOfData(folders.data, serverUser()), { recursive: true, force: true });
  rmSync(folders.data, { recursive: true, force: true });
}
