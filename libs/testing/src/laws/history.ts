import type { Envelope } from '@agon/contracts';
import type { Pool } from 'pg';

/** What a test looks at an installation with: its log and read models, its broker, its API. */
export interface Observed {
  readonly pool: Pick<Pool, 'query'>;
  readonly natsUrl: string;
  /** Every replica of the gateway. */
  readonly urls: readonly string[];
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined };

/** An event as it stands in the log, read without the code that writes it. */
export type LoggedEvent = Envelope & { type: string; data: { [key: string]: Json | undefined } };

/** The whole log, each partition in order. */
export type History = ReadonlyMap<number, readonly LoggedEvent[]>;

const BATCH = 1000;

/** The last position of every partition that holds events. */
export async function readHeads({ pool }: Pick<Observed, 'pool'>): Promise<Map<number, number>> {
  const { rows } = await pool.query<{ partition: number; head: number }>(
    'select partition, head::float8 as head from agon_log.log_partitions where head > 0',
  );
  return new Map(rows.map(({ partition, head }) => [partition, head]));
}

/** Events of a partition past a position, in order; at most {@link BATCH}. */
async function readPast({ pool }: Pick<Observed, 'pool'>, partition: number, after: number): Promise<LoggedEvent[]> {
  const { rows } = await pool.query<LoggedEvent>(
    `select partition, position::float8 as position, stream_id as "streamId", version::float8 as version,
       event_id as "eventId", story_id as "storyId", correlation_id as "correlationId", type,
       schema_version as "schemaVersion", data, metadata,
       to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt"
     from agon_log.events where partition = $1 and position > $2 order by position limit ${BATCH}`,
    [partition, after],
  );
  return rows;
}

/** Reads what the log has gained since `known`, and all of it the first time. */
export async function readHistory(observed: Pick<Observed, 'pool'>, known: History = new Map()): Promise<History> {
  const history = new Map(known);
  for (const [partition, head] of await readHeads(observed)) {
    const events = [...(history.get(partition) ?? [])];
    for (let last = events.at(-1)?.position ?? 0; last < head;) {
      const read = await readPast(observed, partition, last);
      if (read.length === 0) break;
      events.push(...read);
      last = events.at(-1)?.position ?? head;
    }
    history.set(partition, events);
  }
  return history;
}

/** Every event, partition by partition. */
export const allOf = (history: History): LoggedEvent[] => [...history.values()].flat();

export const storiesOf = (history: History): string[] => [...new Set(allOf(history).map(({ storyId }) => storyId))];

export const storyOf = (history: History, storyId: string): LoggedEvent[] =>
  allOf(history).filter((event) => event.storyId === storyId);

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** JSON with the keys of every object in order, so that equal values are equal texts. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
