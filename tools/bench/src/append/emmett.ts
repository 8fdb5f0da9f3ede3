import type { Event } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore, type PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import { FACT, type Fact } from './workload.ts';

export type EmmettEvent = Event<string, Record<string, unknown>, Record<string, unknown>>;

/** The same fact as an event of emmett: metadata travel with it as they do with ours. */
export const emmettEvent = ({ type, data, metadata }: Fact): EmmettEvent => ({
  type,
  data,
  metadata: { ...metadata },
});

/** emmett's store with its own defaults (a pool of ten connections); its tables are made beforehand. */
export async function openEmmett(url: string): Promise<PostgresEventStore> {
  const store = getPostgreSQLEventStore(url, { schema: { autoMigration: 'None' } });
  await store.schema.migrate();
  return store;
}

/** Writers of one round: each has a stream, and expects the version that it left. */
export function emmettWriters(
  store: PostgresEventStore,
  round: string,
  events: number,
): (writer: number) => Promise<void> {
  const versions = new Map<number, bigint>();
  const batch = Array.from({ length: events }, () => emmettEvent(FACT));
  return async (writer) => {
    const version = versions.get(writer);
    const { nextExpectedStreamVersion } = await store.appendToStream(`flow-${round}w${writer}`, batch, {
      expectedStreamVersion: version ?? 'STREAM_DOES_NOT_EXIST',
    });
    versions.set(writer, nextExpectedStreamVersion);
  };
}
