import type { PreparedEvent } from './append-request.ts';
import type { AppendOutcome, AppendRequest, StoredEvent } from './event-log.ts';

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

const storedEvents = (row: AppendRow, request: AppendRequest, prepared: readonly PreparedEvent[]): StoredEvent[] => {
  const { partition, storyId, correlationId } = request;
  return prepared.map((one, index) => ({
    partition,
    position: present(row.first_position) + index,
    streamId: one.event.streamId,
    version: present(row.versions?.[index]),
    eventId: one.event.eventId,
    storyId,
    correlationId,
    type: one.event.type,
    schemaVersion: one.event.schemaVersion,
    data: one.event.data,
    metadata: one.event.metadata,
    recordedAt: present(row.recorded_at),
  }));
};

/** What the row says. An appended event is put together from what was sent and the positions that came back. */
export const toOutcome = (
  row: AppendRow,
  request: AppendRequest,
  prepared: readonly PreparedEvent[],
): AppendOutcome => {
  switch (row.outcome) {
    case 'appended':
      return { outcome: 'appended', events: storedEvents(row, request, prepared) };
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
