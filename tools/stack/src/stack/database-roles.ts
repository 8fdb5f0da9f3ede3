import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment } from '../model-variables.ts';
import { repositoryRoot, type StateFolders } from '../paths.ts';
import { tailOf, tellingLine } from '../process/last-line.ts';
import { StackError } from '../stack-error.ts';
import { databaseVariable, type ProcessRow } from '../topology.ts';
import type { Seat } from './seats.ts';

/** A service's own way into the database, by the service's name. */
export type DatabaseUrls = ReadonlyMap<string, string>;

interface Places {
  readonly rows: readonly ProcessRow[];
  readonly seats: readonly Seat[];
  /** By row name; the database's is its owner's. */
  readonly urls: ReadonlyMap<string, string>;
  readonly environment: Environment;
}

/**
 * In a Postgres of our own every service has a role, such as `agon_conflict_flow`; without a password, as everyone on this
 * machine is trusted there. In one that somebody else runs, the environment says who has.
 * @throws StackError when it says so of a Postgres of our own
 */
export function databaseUrlsOf({ rows, seats, urls, environment }: Places): DatabaseUrls {
  const database = rows.find((row) => row.provision !== undefined);
  if (database === undefined) return new Map();
  const services = rows.filter(({ kind, depends }) => kind === 'service' && depends.includes(database.name));
  const given = services.flatMap(({ name }): [string, string][] => {
    const url = environment[databaseVariable(name)];
    return url === undefined || url === '' ? [] : [[name, url]];
  });
  if (seats.every(({ row }) => row !== database)) return new Map(given);
  for (const [name] of given)
    throw new StackError(
      `${databaseVariable(name)} is set without DATABASE_URL: set that to the owner of the database`,
    );
  const roleOf = (service: string): string => {
    const url = new URL(urls.get(database.name) ?? '');
    url.username = `agon_${service.replaceAll('-', '_')}`;
    return url.href;
  };
  return new Map(services.map(({ name }) => [name, roleOf(name)]));
}

/** The environment without any way into the database: each process is handed its own. */
export function withoutDatabase(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(AGON_\w+_)?DATABASE_URL$/.test(name)));
}

export interface ProvisionOptions {
  readonly urls: ReadonlyMap<string, string>;
  readonly databaseUrls: DatabaseUrls;
  readonly folders: StateFolders;
  readonly signal: AbortSignal;
}

/**
 * Migrates the log as its owner and gives each service its role; does nothing for another row than the database. A program
 * of the services does it, as the launcher knows nothing of the log.
 * @throws StackError when it is not built, or fails
 */
export async function provision(row: ProcessRow, options: ProvisionOptions): Promise<void> {
  const { urls, databaseUrls, folders, signal } = options;
  if (row.provision === undefined) return;
  const program = resolve(repositoryRoot, row.provision);
  if (!existsSync(program)) throw new StackError(`${row.provision} is missing: run "npm run build"`);
  const log = join(folders.logs, 'provision.log');
  const output = openSync(log, 'w');
  const env = { ...withoutDatabase(process.env), NODE_OPTIONS: '', DATABASE_URL: urls.get(row.name) };
  for (const [service, url] of databaseUrls) Object.assign(env, { [databaseVariable(service)]: url });
  const child = spawn(process.execPath, [program], {
    cwd: repositoryRoot,
    env,
    stdio: ['ignore', output, output],
    signal,
    killSignal: 'SIGKILL',
  });
  try {
    const code = await new Promise<number | null>((settle, fail) => {
      child.once('error', fail);
      child.once('exit', settle);
    });
    if (code !== 0) throw new StackError(`${tellingLine(tailOf(log))} (log: ${log})`);
  } finally {
    closeSync(output);
  }
}
