import { findNats, findPostgres, serverUser } from '@agon/stack';
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { syncProbe } from './sync-probe.ts';

/** What every figure rests on. */
export interface Machine {
  readonly cores: number;
  readonly node: string;
  readonly postgres: string;
  readonly nats: string;
  /** Milliseconds that the disk takes to sync 8 KiB, median. */
  readonly syncMs: number;
  readonly syncClass: string;
}

async function versionOf(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, ['--version'], { cwd: '/' });
  return /v?(\d+\.\d+\S*)/.exec(stdout)?.[1] ?? stdout.trim();
}

/** Asks the programs for their versions, and the disk for its speed. */
export async function machineOf(signal: AbortSignal): Promise<Machine> {
  const sync = syncProbe();
  return {
    cores: availableParallelism(),
    node: process.versions.node,
    postgres: await versionOf(join(findPostgres(serverUser()), 'postgres')),
    nats: await versionOf(await findNats(signal)),
    syncMs: sync.ms,
    syncClass: sync.class,
  };
}

export const machineLine = ({ cores, node, postgres, nats, syncMs, syncClass }: Machine): string =>
  `${cores} cores, Node ${node}, Postgres ${postgres}, nats-server ${nats}; fdatasync ${syncMs} ms (${syncClass})`;
