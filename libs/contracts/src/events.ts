import { z } from 'zod';
import { cascadeEvents, circleEvents, conflictEvents, flowEvents, stakeholderEvents } from './domain-events.ts';
import { gameEvents } from './game-events.ts';
import type { Category } from './ids.ts';
import { modelEvents, refinementEvents } from './refinements.ts';
import { schemaVersionOf, type StoredData, upcast } from './upcasting.ts';

/** Every event of the log, by the category of the streams that hold it. Any deciding service may have to end a cascade. */
export const eventsByCategory = {
  game: gameEvents,
  conflict: { ...conflictEvents, ...cascadeEvents },
  flow: { ...flowEvents, ...cascadeEvents },
  stakeholders: { ...stakeholderEvents, ...cascadeEvents },
  circle: { ...circleEvents, ...cascadeEvents },
  flow_refinements: refinementEvents,
  stakeholder_refinements: refinementEvents,
  circle_refinements: refinementEvents,
  llm: modelEvents,
} as const satisfies Record<Category, Record<string, z.ZodType>>;

export const eventSchemas = {
  ...gameEvents,
  ...conflictEvents,
  ...flowEvents,
  ...stakeholderEvents,
  ...circleEvents,
  ...cascadeEvents,
  ...refinementEvents,
  ...modelEvents,
} as const;

export type EventType = keyof typeof eventSchemas;
export type DataOf<T extends EventType> = z.infer<(typeof eventSchemas)[T]>;

/** What every stored event carries besides its data. */
export interface Envelope {
  partition: number;
  position: number;
  streamId: string;
  version: number;
  eventId: string;
  storyId: string;
  correlationId: string;
  schemaVersion: number;
  metadata: {
    game: string;
    source: string;
    causationId?: string | undefined;
    inputSequence?: number | undefined;
    depth: number;
    cascadeStart?: number | undefined;
    seed?: string | undefined;
    contentPack?: string | undefined;
    replyTo?: string | undefined;
    requestHash?: string | undefined;
    because?: string[] | undefined;
  };
  recordedAt: string;
}

/** A stored event whose data is known by its type; a union over `T`. */
export type EventOf<T extends EventType = EventType> = {
  [K in T]: Envelope & { type: K; data: DataOf<K> };
}[T];

/** A fact that a decider has decided and that the log has not stored yet. */
export type Decided<T extends EventType = EventType> = {
  [K in T]: { type: K; data: DataOf<K>; because?: string[] };
}[T];

/** An event that this version of Agon can't read; permanent, so its message is parked. */
export class UnreadableEvent extends Error {}

export const isEventType = (type: string): type is EventType => Object.hasOwn(eventSchemas, type);

/** Narrows by type only; for events that were parsed before. */
export const isOf = <T extends EventType>(
  event: EventOf,
  types: readonly T[],
): event is Extract<EventOf, { type: T }> => types.some((type) => type === event.type);

type Unread = Envelope & { type: string; data: unknown };

const isReadable = (stored: Unread): stored is EventOf =>
  isEventType(stored.type) && eventSchemas[stored.type].safeParse(stored.data).success;

const isObject = (data: unknown): data is StoredData =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

/** The event in the terms of today's schema version. Fields that no schema names are kept. */
const upToDate = (stored: Unread): Unread => {
  const { type, eventId, schemaVersion, data } = stored;
  const current = schemaVersionOf(type);
  if (schemaVersion === current || !isObject(data)) return stored;
  const lifted = upcast({ type, schemaVersion, data });
  if (lifted !== undefined) return { ...stored, schemaVersion: current, data: lifted };
  throw new UnreadableEvent(
    `${type} ${eventId} has schema version ${schemaVersion}; this version reads 1 to ${current}`,
  );
};

/**
 * The stored event as one of the known types, in today's schema version. Throws UnreadableEvent, naming the field and what is
 * allowed, or the schema version that is not known.
 */
export function parseEvent(unread: Unread): EventOf {
  if (!isEventType(unread.type)) throw new UnreadableEvent(`unknown event type ${unread.type}`);
  const stored = upToDate(unread);
  if (isReadable(stored)) return stored;
  const { error } = eventSchemas[unread.type].safeParse(stored.data);
  const reason = error === undefined ? 'unreadable' : z.prettifyError(error);
  throw new UnreadableEvent(`${stored.type} ${stored.eventId}: ${reason}`);
}

/** Reads stored events of some types and passes over all others; what a fold of one stream needs. */
export const reader =
  <T extends EventType>(types: readonly T[]) =>
  (stored: Envelope & { type: string; data: unknown }): Extract<EventOf, { type: T }> | undefined => {
    const event = parseEvent(stored);
    return isOf(event, types) ? event : undefined;
  };
