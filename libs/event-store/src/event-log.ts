/** Any value that survives JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined };
/** A property that is undefined is left out of the stored JSON. */
export type JsonObject = { [key: string]: Json | undefined };

/** What travels with an event: who caused it, under which engine and content, and why. */
export interface EventMetadata {
  /** Tenant; part of the published subject. */
  game: string;
  /** `game` for an input, else the service that decided the event. */
  source: string;
  /** The event that caused this one; absent on an input. */
  causationId?: string | undefined;
  /** The input's ordinal in its story, inherited by all that the input causes. */
  inputSequence?: number | undefined;
  /** Causation depth: 0 for an input. */
  depth: number;
  /** Position of the event that began the cascade, an input or a model's result; absent on that event itself. */
  cascadeStart?: number | undefined;
  seed?: string | undefined;
  contentPack?: string | undefined;
  actor?: string | undefined;
  traceparent?: string | undefined;
  engine?: string | undefined;
  /** Core NATS subject on which fast answers are awaited; inputs only, inherited by direct consequences. */
  replyTo?: string | undefined;
  /** Hash of the request that made this input. */
  requestHash?: string | undefined;
  /** Set on events that a fork copied: projections fold them, handlers ignore them. */
  copied?: boolean | undefined;
  /** Rules (and their weights) behind the decision. */
  because?: string[] | undefined;
}

/** An event as it is stored. `position` is gapless in its partition, `version` gapless in its stream; both start at 1. */
export interface StoredEvent {
  partition: number;
  position: number;
  streamId: string;
  version: number;
  eventId: string;
  storyId: string;
  correlationId: string;
  type: string;
  schemaVersion: number;
  data: JsonObject;
  metadata: EventMetadata;
  /** ISO 8601, UTC. */
  recordedAt: string;
}

/** An event before the log has given it a position. Streams are `<category>-<storyId>[-<localId>]`. */
export interface NewEvent {
  streamId: string;
  /** Derived by the caller (uuid v5), so that a retry carries the same id. */
  eventId: string;
  type: string;
  schemaVersion: number;
  data: JsonObject;
  metadata: EventMetadata;
}

/** `none`: the stream must not exist; `any`: unchecked; a number: exactly this version. */
export type ExpectedVersion = 'none' | 'any' | number;

export interface AppendRequest {
  partition: number;
  /** The appending service: owner of every category that it appends to. */
  service: string;
  storyId: string;
  correlationId: string;
  /** Position of the message that this append handles; moves the service's handled mark. */
  handles?: number | undefined;
  /** One entry per stream that the decision rests on. */
  expected: ReadonlyMap<string, ExpectedVersion>;
  /** May be empty when only the mark moves. */
  events: readonly NewEvent[];
}

/** Nothing is stored unless the outcome is `appended`. */
export type AppendOutcome =
  | { outcome: 'appended'; events: StoredEvent[] }
  /** Every event id is known: where the events stand. */
  | { outcome: 'duplicate'; positions: number[] }
  | { outcome: 'wrong-version'; streamId: string; actual: number }
  /** The service's mark is at `mark`, at or past `handles`: it was decided before. */
  | { outcome: 'already-handled'; mark: number }
  /** The story is parked for this service, and the append does not handle its first parked message. */
  | { outcome: 'parked' }
  /** The category belongs to another service. */
  | { outcome: 'not-owner'; category: string };

/** Events of some types, in order. */
export interface SelectedEvents {
  events: StoredEvent[];
  /** The position up to which there are no others of these types: the log's end, unless the limit came before it. */
  upTo: number;
}

/** A message that a service can't handle, to be parked. */
export interface UnhandledMessage {
  service: string;
  partition: number;
  position: number;
  storyId: string;
  /** Why it failed; null when it was not tried, because an earlier message of its story is parked. */
  error: string | null;
  /** Park it only if an earlier message of its story is parked, still. */
  onlyBehind?: boolean | undefined;
}

/**
 * - `parked`: now, or before; a redrive that was asked for has failed with it.
 * - `already-handled`: by another replica.
 * - `story-free`: it was to be parked only behind an earlier message, and there is none any more.
 */
export type ParkOutcome = 'parked' | 'already-handled' | 'story-free';

export interface ParkedMessage {
  service: string;
  partition: number;
  position: number;
  storyId: string;
  /** Why it failed last; null for a message that only waits behind an earlier one. */
  error: string | null;
  /** How often it was given up. */
  attempts: number;
  /** ISO 8601, UTC. */
  parkedAt: string;
  /** ISO 8601, UTC; null when nobody has asked for its redrive. */
  redriveRequestedAt: string | null;
}

/** A story, with the partition that holds it. */
export interface StoryAt {
  partition: number;
  storyId: string;
}

/** A stream as one decider has folded it: where a load begins, instead of at the first event. */
export interface Snapshot {
  /** Of the last event in it. */
  version: number;
  /** Survives JSON. */
  state: unknown;
}

/** A snapshot on its way into the log, which keeps one per stream and decider. */
export interface NewSnapshot extends Snapshot {
  /** The service that has folded it: owner of the stream's category. */
  service: string;
  partition: number;
  streamId: string;
  /** Names the rules that have folded it; other rules ignore it. */
  decider: string;
}

/** What a fold begins with: the snapshot, if there is one of this decider, and the first events after it. */
export interface LoadedStream {
  snapshot: Snapshot | undefined;
  events: StoredEvent[];
}

/** The ordered, gapless log of every partition; held by Postgres, or by memory in tests. */
export interface EventLog {
  /**
   * Stores all of the request or nothing. While messages of the story are parked for the service, only an append that handles
   * the first of them is taken; it unparks that one and leaves the mark.
   */
  append(request: AppendRequest): Promise<AppendOutcome>;
  /** Events of one stream with `version > after`, in order: at most `limit`, all when it is absent. */
  readStream(partition: number, streamId: string, after?: number, limit?: number): Promise<StoredEvent[]>;
  /** The decider's snapshot of a stream, and at most `limit` events that follow it, in one round trip. */
  loadStream(partition: number, streamId: string, decider: string, limit: number): Promise<LoadedStream>;
  /**
   * Keeps a snapshot, unless a newer one is kept; those that other deciders have left behind go. Throws a
   * CategoryOwnedError when the stream's category is not the service's.
   */
  keepSnapshot(snapshot: NewSnapshot): Promise<void>;
  /** Events of one partition with `position > after`, in order. */
  readPartition(partition: number, after: number, limit: number): Promise<StoredEvent[]>;
  /** Those of some types only, and how far they reach. */
  readSelected(partition: number, after: number, limit: number, types: readonly string[]): Promise<SelectedEvents>;
  /** Events of one story with `position > after`, in order. */
  readStory(partition: number, storyId: string, after: number, limit: number): Promise<StoredEvent[]>;
  /** Every event that one input caused, and the input itself, in order. */
  readCorrelation(partition: number, correlationId: string): Promise<StoredEvent[]>;
  /** How many events of a correlation stand from one position to another, both included; counted no further than `limit`. */
  countCorrelation(partition: number, correlationId: string, from: number, to: number, limit: number): Promise<number>;
  readAt(partition: number, positions: readonly number[]): Promise<StoredEvent[]>;
  /** The last position of every partition that holds events. */
  heads(): Promise<Map<number, number>>;
  /** Handled marks of the partition, by service. */
  marks(partition: number): Promise<Map<string, number>>;
  /** Makes the service the only one that may append to these categories; throws when another owns one. */
  claim(service: string, categories: readonly string[]): Promise<void>;
  /** Gives the service a mark in every partition that has none: 0 (`start`) or today's head (`head`). */
  register(service: string, partitions: readonly number[], from: 'start' | 'head'): Promise<void>;
  /** Records a message that the service can't handle and moves its mark past it, in one transaction. */
  park(message: UnhandledMessage): Promise<ParkOutcome>;
  /** Every parked message of the service, by partition and position. */
  parked(service: string): Promise<ParkedMessage[]>;
  /** The one parked message of the story that may be handled next. */
  firstParked(service: string, story: StoryAt): Promise<ParkedMessage | undefined>;
  /** How many stories are parked for the service. */
  parkedStories(service: string): Promise<number>;
  /** Asks the service to handle the story's parked messages; gives their number. */
  requestRedrive(service: string, story: StoryAt): Promise<number>;
  /** The stories for which that was asked and not done yet. */
  requestedRedrives(service: string): Promise<StoryAt[]>;
}
