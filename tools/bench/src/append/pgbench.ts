import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { execute } from '../servers.ts';
import { FACT } from './workload.ts';

const run = promisify(execFile);

/** Debian keeps its own beside the server, and a wrapper on the PATH that looks for a cluster of its own. */
function candidates(): string[] {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...versions.map((version) => join(debian, version, 'bin')), ...onPath].map((folder) =>
    join(folder, 'pgbench'),
  );
}

/** A `pgbench` that runs, or undefined. */
export async function findPgbench(): Promise<string | undefined> {
  for (const file of candidates()) {
    if (!existsSync(file)) continue;
    const works = await run(file, ['--version']).then(
      () => true,
      () => false,
    );
    if (works) return file;
  }
  return undefined;
}

/** The table of our events with every index that it has, and nothing else: no head, no version, no check. */
const TABLE = `create table raw_events (
  partition integer not null, position bigint not null, stream_id text collate "C" not null, version bigint not null,
  event_id uuid not null, story_id text collate "C" not null, correlation_id text collate "C" not null,
  type text not null, schema_version integer not null, data jsonb not null, metadata jsonb not null,
  recorded_at timestamptz not null,
  primary key (partition, position), unique (partition, stream_id, version), unique (partition, stream_id, event_id))`;

export const prepareRaw = (url: string): Promise<unknown> =>
  execute(
    url,
    TABLE,
    'create index on raw_events (partition, story_id, position)',
    'create index on raw_events (partition, correlation_id, position)',
    // As cheap as a source of positions can be: a client takes a thousand at a time.
    'create sequence raw_positions cache 1000',
  );

/** One statement per append. Texts come as parameters, as they do from our client. */
const script = (events: number): string =>
  `insert into raw_events select :client_id, p.position, :stream || :client_id, p.position, gen_random_uuid(),
  :story || :client_id, :story, :type, 1, cast(:data as jsonb), cast(:metadata as jsonb), clock_timestamp()
  from (select nextval('raw_positions') as position from generate_series(1, ${events})) p;\n`.replaceAll('\n  ', ' ');

/** What pgbench says at the end. @throws Error when it says something else */
export function transactionsPerSecond(output: string): number {
  const tps = /^tps = ([\d.]+)/m.exec(output)?.[1];
  if (tps === undefined) throw new Error(`pgbench printed no rate: ${output.slice(0, 200)}`);
  return Number(tps);
}

export interface RawLoad {
  readonly pgbench: string;
  readonly url: string;
  /** Where its script may be written. */
  readonly folder: string;
  readonly writers: number;
  readonly events: number;
  /** Whole seconds, at least 1: pgbench knows no less. */
  readonly seconds: number;
  readonly round: string;
  readonly signal: AbortSignal;
}

/** The same rows, put into a table by a client written in C: what this machine's Postgres can do at most. */
export async function rawAppends(load: RawLoad): Promise<number> {
  const { hostname, port, pathname, username } = new URL(load.url);
  const file = join(load.folder, `raw-${load.events}.sql`);
  writeFileSync(file, script(load.events));
  const variables = {
    stream: `flow-${load.round}`,
    story: load.round,
    type: FACT.type,
    data: JSON.stringify(FACT.data),
    metadata: JSON.stringify(FACT.metadata),
  };
  const threads = Math.min(load.writers, availableParallelism());
  const { stdout } = await run(
    load.pgbench,
    [
      `--host=${hostname}`,
      `--port=${port}`,
      `--username=${username}`,
      '--no-vacuum',
      '--protocol=prepared',
      `--file=${file}`,
      `--client=${load.writers}`,
      `--jobs=${threads}`,
      `--time=${load.seconds}`,
      ...Object.entries(variables).map(([name, value]) => `--define=${name}=${value}`),
      pathname.slice(1),
    ],
    { signal: load.signal },
  );
  return transactionsPerSecond(stdout);
}
