import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { natsProcess } from '../nats/start-nats.ts';
import type { StateFolders } from '../paths.ts';
import { placeOfData } from '../postgres/data-folder.ts';
import { serverUser } from '../postgres/server-user.ts';
import { postgresProcess, throwAwaySettings, type PostgresOptions } from '../postgres/start-postgres.ts';
import type { Seat } from './seats.ts';
import { serviceProcess } from './service-process.ts';
import type { Member } from './stack.ts';

export interface MemberOptions {
  readonly folders: StateFolders;
  readonly urls: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readyTimeout: number;
  readonly throwAway: boolean;
  readonly signal: AbortSignal;
  readonly postgres?: Pick<PostgresOptions, 'settings' | 'env'> | undefined;
}

/** Each start begins a log of its own; the one before is kept beside it. */
function freshLog(folders: StateFolders, name: string): string {
  const log = join(folders.logs, `${name}.log`);
  if (existsSync(log)) renameSync(log, `${log}.1`);
  return log;
}

/**
 * The process of a seat, not started yet.
 * @throws StackError when its program or its data are missing or broken
 */
export async function makeMember(seat: Seat, options: MemberOptions): Promise<Member> {
  const { folders, urls, throwAway, signal } = options;
  const { name, row, port } = seat;
  const log = freshLog(folders, name);
  const common = { name, port, log, runFolder: folders.run };
  const url = urls.get(row.name) ?? '';
  if (row.kind === 'database') {
    const data = placeOfData(folders.data, serverUser());
    const settings = { ...(throwAway ? throwAwaySettings : {}), ...options.postgres?.settings };
    const process = postgresProcess({ ...common, ...options.postgres, dataFolder: data, settings });
    return { name, row, url, data, process };
  }
  if (row.kind === 'broker') {
    const data = join(folders.data, 'jetstream');
    return { name, row, url, data, process: await natsProcess({ ...common, storeFolder: data, signal }) };
  }
  return { name, row, ...serviceProcess(seat, { ...options, log }) };
}
