import { availableParallelism } from 'node:os';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { ManagedProcess } from '../process/managed-process.ts';
import { findNats } from './find-nats.ts';

export interface NatsOptions {
  readonly name?: string;
  /** JetStream's file store. */
  readonly storeFolder: string;
  readonly port: number;
  readonly log: string;
  readonly runFolder: string;
  /** Makes it one of a cluster: its own port for the others, and everybody's. */
  readonly cluster?: { readonly name: string; readonly port: number; readonly routes: readonly number[] } | undefined;
  /** Ends the search for a server, which may be a download. */
  readonly signal?: AbortSignal | undefined;
}

/** @returns the address of a server that this module started */
export function natsUrl(port: number): string {
  return `nats://127.0.0.1:${port}`;
}

/** A server greets each client with one INFO line; JetStream is up when the line says so. */
function greetsWithJetStream(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1000 });
    let text = '';
    const answer = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\r\n')) answer(text.includes('"jetstream":true'));
    });
    socket.on('timeout', () => answer(false));
    socket.on('error', () => answer(false));
  });
}

function clusterArguments(name: string, cluster: NatsOptions['cluster']): string[] {
  if (cluster === undefined) return [];
  const routes = cluster.routes.map(natsUrl).join(',');
  return ['-n', name, '--cluster_name', cluster.name, '--cluster', natsUrl(cluster.port), '--routes', routes];
}

/**
 * A NATS server with JetStream on loopback, monitoring off; not started yet.
 * @throws StackError when no nats-server can be found
 */
export async function natsProcess(options: NatsOptions): Promise<ManagedProcess> {
  const command = await findNats(options.signal);
  mkdirSync(options.storeFolder, { recursive: true });
  const { name = 'nats' } = options;
  const own = ['-a', '127.0.0.1', '-p', String(options.port), '-js', '-sd', options.storeFolder];
  return new ManagedProcess({
    name,
    command,
    args: [...own, ...clusterArguments(name, options.cluster)],
    // It shares the machine with all that it serves: more threads would mostly look for work and wake each other.
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      GOMAXPROCS: String(Math.max(1, Math.floor(availableParallelism() / 2))),
    },
    cwd: '/',
    port: options.port,
    log: options.log,
    runFolder: options.runFolder,
    stopSignal: 'SIGTERM',
    ready: () => greetsWithJetStream(options.port),
    readyTimeout: 30_000,
  });
}
