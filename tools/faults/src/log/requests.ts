import type { AppendRequest, ExpectedVersion, JsonObject } from '@agon/event-store';
import { randomUUID } from 'node:crypto';
import { CATEGORY, SERVICE } from './open-log.ts';

/** The story of the scenarios that need no more than one, in a partition. */
export const storyIn = (partition: number): string => `p${partition}_faults`;

/** A stream of that story. */
export const streamIn = (partition: number, local?: string): string =>
  `${CATEGORY}-${storyIn(partition)}${local === undefined ? '' : `-${local}`}`;

export interface OneEvent {
  readonly partition: number;
  readonly streamId: string;
  readonly data?: JsonObject;
  readonly eventId?: string;
  readonly type?: string;
  readonly expected?: ExpectedVersion;
  readonly handles?: number;
}

/** An append of one event that no service handles. */
export function oneEvent({ partition, streamId, expected = 'any', handles, ...event }: OneEvent): AppendRequest {
  const { data = {}, eventId = randomUUID(), type = 'Probed' } = event;
  return {
    partition,
    service: SERVICE,
    storyId: storyIn(partition),
    correlationId: eventId,
    handles,
    expected: new Map([[streamId, expected]]),
    events: [
      { streamId, eventId, type, schemaVersion: 1, data, metadata: { game: 'faults', source: 'game', depth: 0 } },
    ],
  };
}
