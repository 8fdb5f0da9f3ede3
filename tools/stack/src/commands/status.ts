import { readRuns, type RunRecord } from '../process/run-file.ts';
import { externalUrl } from '../stack/external.ts';
import { addressOf } from '../status/addresses.ts';
import { readHealth } from '../status/health.ts';
import { memoryOf } from '../status/memory.ts';
import { readLags } from '../status/metrics.ts';
import { table } from '../status/table.ts';
import { topology } from '../topology.ts';
import { flagsOf } from './arguments.ts';
import type { Command } from './command.ts';

/** What `status` says of one process. Memory in bytes (PSS, children included); a lag that is not reported is null. */
interface ProcessStatus {
  readonly name: string;
  readonly pid: number | null;
  readonly address: string | null;
  readonly health: string;
  /** Of the llm-gateway: its model. */
  readonly model?: string | undefined;
  readonly memory: number | null;
  readonly publishLag: number | null;
  readonly consumerLag: number | null;
}

const servers = new Set(topology.filter(({ kind }) => kind !== 'service').map(({ name }) => name));

async function statusOf(record: RunRecord): Promise<ProcessStatus> {
  const { name, identity } = record;
  const address = addressOf(record);
  const memory = memoryOf(identity.pid) ?? null;
  const common = { name, pid: identity.pid, address, memory };
  // A server runs or it does not; the services say whether they reach it.
  if (servers.has(name)) return { ...common, health: 'running', publishLag: null, consumerLag: null };
  const [health, lags] = await Promise.all([readHealth(address), readLags(address)]);
  const { status, model } = health;
  return { ...common, health: status, model, publishLag: lags.publishing ?? null, consumerLag: lags.consuming ?? null };
}

function stopped(name: string): ProcessStatus {
  return { name, pid: null, address: null, health: 'stopped', memory: null, publishLag: null, consumerLag: null };
}

const mebibytes = (bytes: number | null): string => (bytes === null ? '-' : `${(bytes / 1024 / 1024).toFixed(0)} MiB`);
const figure = (value: number | null): string => (value === null ? '-' : String(value));

/** Health, lag and memory of every process, and the model. The exit code is 0 when all of them are well. */
export const run: Command = async ({ args, folders, say }) => {
  const { flags } = flagsOf(args, ['json']);
  const runs = readRuns(folders.run);
  // Whether a process that may be left out is missed, the one that would need it says.
  const absent = topology.filter(
    (row) =>
      row.needed === undefined &&
      externalUrl(row, process.env) === undefined &&
      !runs.some(({ name }) => name === row.name),
  );
  const processes = [...(await Promise.all(runs.map(statusOf))), ...absent.map(({ name }) => stopped(name))];
  processes.sort((a, b) => a.name.localeCompare(b.name));
  const memory = processes.reduce((sum, process) => sum + (process.memory ?? 0), 0);
  const ok = processes.every(({ health }) => health === 'running' || health === 'ready');
  const model = processes.find((process) => process.model !== undefined)?.model ?? null;
  if (flags.has('json')) {
    say(JSON.stringify({ ok, memory, model, processes }));
    return ok ? 0 : 1;
  }
  const rows = processes.map((one) => [
    one.name,
    one.pid === null ? '-' : String(one.pid),
    one.health,
    mebibytes(one.memory),
    figure(one.publishLag),
    figure(one.consumerLag),
    one.address ?? '-',
  ]);
  const head = ['process', 'pid', 'health', 'memory', 'publish lag', 'consumer lag', 'address'];
  const total = ['total', '', '', mebibytes(memory), '', '', ''];
  for (const line of table([head, ...rows, total])) say(line);
  if (model !== null) say(`model: ${model}`);
  return ok ? 0 : 1;
};
