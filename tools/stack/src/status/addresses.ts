import { natsUrl } from '../nats/start-nats.ts';
import { postgresUrl } from '../postgres/start-postgres.ts';
import type { RunRecord } from '../process/run-file.ts';
import { localUrl } from '../stack/service-process.ts';

/** What a client connects to. */
export function addressOf({ name, port }: Pick<RunRecord, 'name' | 'port'>, host = process.env['AGON_HOST']): string {
  if (name === 'postgres') return postgresUrl(port);
  if (name === 'nats') return natsUrl(port);
  return localUrl(name.startsWith('gateway') ? (host ?? '127.0.0.1') : '127.0.0.1', port);
}

const orderOf = ({ name }: RunRecord): number => (name.startsWith('gateway') ? 0 : 1);

/** A line per process: its name and address, the gateway's first. */
export function addressLines(records: readonly RunRecord[]): string[] {
  const sorted = records.toSorted((a, b) => orderOf(a) - orderOf(b) || a.name.localeCompare(b.name));
  const width = Math.max(0, ...sorted.map(({ name }) => name.length));
  return sorted.map((record) => `  ${record.name.padEnd(width)}  ${addressOf(record)}`);
}
