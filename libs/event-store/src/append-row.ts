import type { PreparedAppend } from './append-queue.ts';
import type { AppendOutcome, StoredEvent } from './event-log.ts';

/** The one row that `append_events` returns; which columns are set depends on the outcome. */
export interface AppendRow {
  outcome: AppendOutcome['outcome'];
  first_position: number | null;
  versions: number[] | null;
  recorded_at: string | null;
  positions: number[] | null;
  mark: number | null;
  stream_id: string | null;
  actual: number | null;
  category: string | null;
}

const present = <Value>(value: Value | null | undefined): Value => {
  if (value === null || value === undefined) throw new Error('append_events returned an incomplete row');
  return value;
};

/** Where the events of an append have come to stand. */
interface Places {
  readonly firstPosition: number | null;
  readonly versions: readonly number[] | null;
  readonly recordedAt: string | null;
}

/** The events as a read returns them, put together from what was sent and the places that came back. */
export const storedEvents = ({ request, events }: PreparedAppend, places: Places): StoredEvent[] => {
  const { partition, storyId, correlationId } = request;
  return events.map(({ event }, index) => ({
    partition,
    position: present(places.firstPosition) + index,
    streamId: event.streamId,
    version: present(places.versions?.[index]),
    eventId: event.eventId,
    storyId,
    correlationId,
    type: event.type,
    schemaVersion: event.schemaVersion,
    data: event.data,
    metadata: event.metadata,
    recordedAt: present(places.recordedAt),
  }));
};

/** What the row says. */
export const toOutcome = (row: AppendRow, append: PreparedAppend): AppendOutcome => {
  switch (row.outcome) {
    case 'appended':
      return {
        outcome: 'appended',
        events: storedEvents(append, {
          firstPosition: row.first_position,
          versions: row.versions,
          recordedAt: row.recorded_at,
        }),
      };
    case 'duplicate':
      return { outcome: 'duplicate', positions: present(row.positions) };
    case 'wrong-version':
      return { outcome: 'wrong-version', streamId: present(row.stream_id), actual: present(row.actual) };
    case 'already-handled':
      return { outcome: 'already-handled', mark: present(row.mark) };
    case 'parked':
      return { outcome: 'parked' };
    case 'not-owner':
      break;
  }
  return { outcome: 'not-owner', category: present(row.category) };
};
