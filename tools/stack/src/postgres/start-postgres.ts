import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManagedProcess, type ProcessSpec } from '../process/managed-process.ts';
import { databaseName, howToMend, postgresEnvironment, prepareData, removeStaleLock } from './data-folder.ts';
import { findPostgres } from './find-postgres.ts';
import { serverUser } from './server-user.ts';

export interface PostgresOptions {
  readonly name?: string;
  /** Made into a cluster when it is empty. Its parents must be open to the user of {@link serverUser}. */
  readonly dataFolder: string;
  readonly port: number;
  readonly log: string;
  readonly runFolder: string;
  /** Server settings on top of {@link baseSettings}. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Variables of the server's process, on top of {@link postgresEnvironment}. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Room for every service twice (pools of 10), and little memory: the whole idle stack has 1.2 GiB
 * (architecture section 11).
 */
export const baseSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  jit: 'off',
};

/**
 * For throw-away clusters of tests only: a commit survives kill -9 (it was handed to the system), but not a crash of the
 * machine.
 */
export const throwAwaySettings: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '32MB',
};

/** @returns the connection string of a Postgres that this module started */
export function postgresUrl(port: number): string {
  return `postgres://${databaseName}@127.0.0.1:${port}/${databaseName}`;
}

/** Postgres itself writes its state into line 8 of this file, padded with blanks. */
function saysReady(dataFolder: string): boolean {
  try {
    return readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

/**
 * A Postgres on loopback, not started yet; its data folder is ready.
 * @throws StackError when there are no binaries, or the data folder is broken
 */
export function postgresProcess(options: PostgresOptions): ManagedProcess {
  const user = serverUser(options.dataFolder);
  const binaries = findPostgres(user);
  prepareData({ folder: options.dataFolder, binaries, user, durable: options.settings?.['fsync'] !== 'off' });
  // Made here so that it belongs to us, whoever runs the server.
  closeSync(openSync(options.log, 'a'));
  const settings = { ...baseSettings, ...options.settings, port: String(options.port) };
  const spec: ProcessSpec = {
    name: options.name ?? 'postgres',
    command: join(binaries, 'postgres'),
    args: ['-D', options.dataFolder, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    env: { ...postgresEnvironment(), ...options.env },
    cwd: '/',
    port: options.port,
    log: options.log,
    runFolder: options.runFolder,
    user,
    prepare: () => removeStaleLock(options.dataFolder),
    // Fast shutdown: it ends open sessions instead of waiting for their clients.
    stopSignal: 'SIGINT',
    ready: () => saysReady(options.dataFolder),
    readyTimeout: 60_000,
    advice: `if its data are broken, ${howToMend}`,
  };
  return new ManagedProcess(spec);
}
