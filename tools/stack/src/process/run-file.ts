import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, type ProcessIdentity } from './identity.ts';

/** What `<run folder>/<name>.pid` says: `pid started port`, in one line that a shell can read too. */
export interface RunRecord {
  readonly name: string;
  readonly identity: ProcessIdentity;
  readonly port: number;
}

const suffix = '.pid';

export function formatRun(record: RunRecord): string {
  return `${record.identity.pid} ${record.identity.started} ${record.port}\n`;
}

/** @returns undefined for a line that is no run record (a file cut short by a crash) */
export function parseRun(name: string, line: string): RunRecord | undefined {
  const match = /^(\d+) (\S+) (\d+)\s*$/.exec(line);
  const [, pid, started, port] = match ?? [];
  if (pid === undefined || started === undefined || port === undefined) return undefined;
  return { name, identity: { pid: Number(pid), started }, port: Number(port) };
}

/** Written whole or not at all, so that a reader never sees half a line. */
export function writeRun(folder: string, record: RunRecord): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, record.name + suffix);
  writeFileSync(`${file}.new`, formatRun(record));
  renameSync(`${file}.new`, file);
}

export function removeRun(folder: string, name: string): void {
  rmSync(join(folder, name + suffix), { force: true });
}

/** Every process of a run folder that still runs. Records of ended processes are removed on the way. */
export function readRuns(folder: string): RunRecord[] {
  const records: RunRecord[] = [];
  for (const file of listRuns(folder)) {
    const name = file.slice(0, -suffix.length);
    const record = parseRun(name, readFileSync(join(folder, file), 'utf8'));
    if (record !== undefined && isRunning(record.identity)) records.push(record);
    else removeRun(folder, name);
  }
  return records;
}

function listRuns(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith(suffix));
  } catch {
    return [];
  }
}
