import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { repositoryRoot, type StateFolders } from '../paths.ts';
import { ManagedProcess } from '../process/managed-process.ts';
import { StackError } from '../stack-error.ts';
import { contentPacksFolder } from '../topology.ts';
import { type DatabaseUrls, withoutDatabase } from './database-roles.ts';
import type { Seat } from './seats.ts';

/** Milliseconds for one look at a service's readiness; its own checks end after a second. */
const patience = 1500;

/** Address under which a service that binds `host` is reached from this machine. */
export function localUrl(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const reached = everywhere ? '127.0.0.1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

/** Whether `/health/ready` says 200 (a degraded service is ready: it can do its own work). */
export async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(patience) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

export interface ServiceOptions {
  readonly folders: StateFolders;
  /** Connection strings by row name. */
  readonly urls: ReadonlyMap<string, string>;
  readonly databaseUrls: DatabaseUrls;
  readonly log: string;
  /** The launcher's own variables; the row's come on top. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readyTimeout: number;
}

export interface ServiceProcess {
  readonly process: ManagedProcess;
  readonly url: string;
}

/**
 * One service as a process of its own, not started yet.
 * @throws StackError when it has not been built
 */
export function serviceProcess({ name, row, port }: Seat, options: ServiceOptions): ServiceProcess {
  const { environment, folders } = options;
  const main = resolve(repositoryRoot, row.main ?? `apps/${row.name}/dist/main.js`);
  if (!existsSync(main)) throw new StackError(`${name} is not built (${main} is missing): run "npm run build"`);
  const host = (row.public === true ? environment['AGON_HOST'] : undefined) ?? '127.0.0.1';
  const url = localUrl(host, port);
  const given = row.environment({
    host,
    port,
    urlOf: (other) =>
      (other === 'postgres' ? options.databaseUrls.get(row.name) : undefined) ?? options.urls.get(other),
    contentPacks: environment['AGON_CONTENT_PACKS'] ?? resolve(repositoryRoot, contentPacksFolder),
    logLevel: environment['LOG_LEVEL'] ?? 'info',
    apiKey: environment['AGON_API_KEY'],
  });
  const env: Record<string, string> = {};
  for (const [key, value] of Object.entries({ ...withoutDatabase(environment), NODE_ENV: 'production', ...given })) {
    if (value !== undefined) env[key] = value;
  }
  const spec = {
    name,
    command: process.execPath,
    args: ['--enable-source-maps', main],
    env,
    cwd: repositoryRoot,
    port,
    log: options.log,
    runFolder: folders.run,
    stopSignal: 'SIGTERM',
    ready: () => isReady(url),
    readyTimeout: options.readyTimeout,
  } as const;
  return { process: new ManagedProcess(spec), url };
}
