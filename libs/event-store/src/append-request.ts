import { UnstorableError } from './append-errors.ts';
import type { AppendRequest, ExpectedVersion, NewEvent } from './event-log.ts';
import { jsonbArray } from './jsonb-array.ts';
import { storedForm, storedJson } from './stored-json.ts';

/** Data and metadata of one event, at most: half of what a broker takes in a message by default (1 MiB). */
export const MAX_EVENT_BYTES = 512 * 1024;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Ids, and names that become tokens of a subject. */
const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;
const CATEGORY = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** A checked event with the JSON that is stored for it. */
export interface PreparedEvent {
  /** A copy: data and metadata as a read returns them. */
  readonly event: NewEvent;
  readonly data: string;
  readonly metadata: string;
}

const requireThat = (holds: boolean, problem: string): void => {
  if (!holds) throw new UnstorableError(problem);
};

const checkStreamId = (streamId: string, storyId: string): void => {
  const hyphen = streamId.indexOf('-');
  const owner = streamId.slice(hyphen + 1);
  requireThat(
    CATEGORY.test(streamId.slice(0, Math.max(hyphen, 0))) &&
      (owner === storyId || (owner.startsWith(`${storyId}-`) && TOKEN.test(owner.slice(storyId.length + 1)))),
    `stream id '${streamId}' is not <category>-${storyId}[-<localId>]`,
  );
};

const prepare = (event: NewEvent, storyId: string): PreparedEvent => {
  checkStreamId(event.streamId, storyId);
  requireThat(UUID.test(event.eventId), `event id '${event.eventId}' is not a UUID in lower case`);
  for (const token of [event.type, event.metadata.game, event.metadata.source]) {
    requireThat(TOKEN.test(token), `'${token}' is not 1 to 64 letters, digits, '_' or '-'`);
  }
  requireThat(Number.isSafeInteger(event.schemaVersion), `schema version ${event.schemaVersion} is not an integer`);
  const stored = { ...event, data: storedForm(event.data), metadata: storedForm(event.metadata) };
  const [data, metadata] = [storedJson(stored.data), storedJson(stored.metadata)];
  const bytes = Buffer.byteLength(data) + Buffer.byteLength(metadata);
  requireThat(bytes <= MAX_EVENT_BYTES, `a ${event.type} of ${bytes} bytes is over the limit of ${MAX_EVENT_BYTES}`);
  return { event: stored, data, metadata };
};

/**
 * Refuses, before anything is sent, what Postgres could not hold or the broker not carry: an event that can't be
 * published would stop its whole partition for ever.
 */
export const prepareEvents = (request: AppendRequest): PreparedEvent[] => {
  requireThat(
    Number.isSafeInteger(request.partition) && request.partition >= 0,
    `partition ${request.partition} is not 0 or more`,
  );
  for (const token of [request.storyId, request.service]) {
    requireThat(TOKEN.test(token), `'${token}' is not 1 to 64 letters, digits, '_' or '-'`);
  }
  const seen = new Set<string>();
  for (const { streamId, eventId } of request.events) seen.add(`${streamId} ${eventId}`);
  requireThat(seen.size === request.events.length, 'one append holds the same event twice');
  return request.events.map((event) => prepare(event, request.storyId));
};

/** The version as a number: 0 when the stream must not exist, null when it is not checked. */
export const expectedNumber = (expected: ExpectedVersion): number | null => {
  if (expected === 'any') return null;
  return expected === 'none' ? 0 : expected;
};

/** The arguments of `append_events`. */
export const appendValues = (request: AppendRequest, prepared: readonly PreparedEvent[]): unknown[] => [
  request.partition,
  request.service,
  request.storyId,
  request.correlationId,
  request.handles ?? null,
  [...request.expected.keys()],
  [...request.expected.values()].map(expectedNumber),
  prepared.map(({ event }) => event.streamId),
  prepared.map(({ event }) => event.eventId),
  prepared.map(({ event }) => event.type),
  prepared.map(({ event }) => event.schemaVersion),
  jsonbArray(prepared.map(({ data }) => data)),
  jsonbArray(prepared.map(({ metadata }) => metadata)),
];
