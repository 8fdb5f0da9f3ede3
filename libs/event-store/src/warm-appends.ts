import type { Pool } from 'pg';
import { appendValues, prepareEvents } from './append-request.ts';
import { Batch } from './batch-request.ts';
import type { AppendRequest } from './event-log.ts';
import { statements } from './statements.ts';

const NOBODY = '00000000-0000-5000-8000-000000000000';

/**
 * Opens the pool's connections and lets each plan an append of `service` to one of its categories, then takes it back:
 * the first player waits for neither, and nothing is stored. Throws when Postgres can't be reached.
 */
export const warmAppends = async (
  pool: Pool,
  service: string,
  category: string,
  connections: number,
): Promise<void> => {
  const streamId = `${category}-warm`;
  const request: AppendRequest = {
    partition: 0,
    service,
    storyId: 'warm',
    correlationId: NOBODY,
    expected: new Map([[streamId, 'none']]),
    events: [
      {
        streamId,
        eventId: NOBODY,
        type: 'Warm',
        schemaVersion: 1,
        data: {},
        metadata: { game: 'warm', source: service, depth: 0 },
      },
    ],
  };
  const events = prepareEvents(request);
  const ways = [
    { ...statements.append, values: appendValues(request, events) },
    { ...statements.appendBatch, values: new Batch([{ request, events }]).values() },
  ];
  const opened = await Promise.allSettled(Array.from({ length: connections }, () => pool.connect()));
  const clients = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    const failed = opened.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    // One after the other: they all take the same partition's lock.
    for (const client of clients) {
      for (const way of ways) {
        await client.query('begin');
        await client.query(way);
        await client.query('rollback');
      }
    }
  } finally {
    for (const client of clients) client.release();
  }
};
