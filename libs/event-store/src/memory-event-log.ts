import { CategoryOwnedError, PartialDuplicateError, PastHeadError } from './append-errors.ts';
import { expectedNumber, prepareEvents, type PreparedEvent } from './append-request.ts';
import type {
  AppendOutcome,
  AppendRequest,
  EventLog,
  LoadedStream,
  NewSnapshot,
  ParkedMessage,
  ParkOutcome,
  SelectedEvents,
  StoredEvent,
  StoryAt,
  UnhandledMessage,
} from './event-log.ts';
import { MemoryPartition } from './memory-partition.ts';
import { categoryOf } from './names.ts';

/** The log in memory, for tests: the same rules as in Postgres, proved by the same suite. */
export class MemoryEventLog implements EventLog {
  readonly #now: () => Date;
  readonly #partitions = new Map<number, MemoryPartition>();
  readonly #owners = new Map<string, string>();

  /** `now` gives `recordedAt`. */
  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  async append(request: AppendRequest): Promise<AppendOutcome> {
    const prepared = prepareEvents(request);
    const partition = this.#partition(request.partition);
    const refusal = this.#refusal(partition, request, prepared);
    if (refusal !== undefined) return refusal;
    const recordedAt = this.#now().toISOString();
    const events = prepared.map((event) =>
      partition.add({
        partition: request.partition,
        streamId: event.event.streamId,
        eventId: event.event.eventId,
        storyId: request.storyId,
        correlationId: request.correlationId,
        type: event.event.type,
        schemaVersion: event.event.schemaVersion,
        data: event.event.data,
        metadata: event.event.metadata,
        recordedAt,
      }),
    );
    const { service, handles } = request;
    if (handles !== undefined && !partition.unpark(service, handles)) partition.marks.set(service, handles);
    return { outcome: 'appended', events: structuredClone(events) };
  }

  async readStream(partition: number, streamId: string, after = 0, limit?: number): Promise<StoredEvent[]> {
    return this.#select(partition, (event) => event.streamId === streamId && event.version > after, limit);
  }

  async loadStream(partition: number, streamId: string, decider: string, limit: number): Promise<LoadedStream> {
    const kept = this.#partition(partition).snapshots.get(streamId)?.get(decider);
    const snapshot = kept === undefined ? undefined : { version: kept.version, state: JSON.parse(kept.state) };
    return { snapshot, events: await this.readStream(partition, streamId, kept?.version, limit) };
  }

  async keepSnapshot({ service, partition, streamId, decider, version, state }: NewSnapshot): Promise<void> {
    const category = categoryOf(streamId);
    if (this.#owners.get(category) !== service) {
      throw new CategoryOwnedError(`category '${category}' does not belong to ${service}`);
    }
    const { snapshots } = this.#partition(partition);
    const ofStream = snapshots.get(streamId) ?? new Map();
    snapshots.set(streamId, ofStream);
    if (version > (ofStream.get(decider)?.version ?? 0)) {
      ofStream.set(decider, { version, state: JSON.stringify(state) });
    }
    for (const [other, kept] of ofStream) if (other !== decider && kept.version < version) ofStream.delete(other);
  }

  async readPartition(partition: number, after: number, limit: number): Promise<StoredEvent[]> {
    return this.#select(partition, ({ position }) => position > after, limit);
  }

  async readSelected(
    partition: number,
    after: number,
    limit: number,
    types: readonly string[],
  ): Promise<SelectedEvents> {
    const events = this.#select(partition, ({ type, position }) => position > after && types.includes(type), limit);
    const { head } = this.#partition(partition);
    return { events, upTo: events.length < limit ? Math.max(after, head) : (events.at(-1)?.position ?? after) };
  }

  async readStory(partition: number, storyId: string, after: number, limit: number): Promise<StoredEvent[]> {
    return this.#select(partition, (event) => event.storyId === storyId && event.position > after, limit);
  }

  async readCorrelation(partition: number, correlationId: string): Promise<StoredEvent[]> {
    return this.#select(partition, (event) => event.correlationId === correlationId);
  }

  async countCorrelation(
    partition: number,
    correlationId: string,
    from: number,
    to: number,
    limit: number,
  ): Promise<number> {
    const between = this.#partition(partition).events.slice(Math.max(from - 1, 0), to);
    return Math.min(limit, between.filter((event) => event.correlationId === correlationId).length);
  }

  async readAt(partition: number, positions: readonly number[]): Promise<StoredEvent[]> {
    return this.#select(partition, (event) => positions.includes(event.position));
  }

  async heads(): Promise<Map<number, number>> {
    return new Map(
      [...this.#partitions].filter(([, { head }]) => head > 0).map(([partition, { head }]) => [partition, head]),
    );
  }

  async marks(partition: number): Promise<Map<string, number>> {
    return new Map(this.#partition(partition).marks);
  }

  async claim(service: string, categories: readonly string[]): Promise<void> {
    for (const category of categories) {
      const owner = this.#owners.get(category) ?? service;
      if (owner !== service) throw new CategoryOwnedError(`category '${category}' belongs to ${owner}`);
    }
    for (const category of categories) this.#owners.set(category, service);
  }

  async register(service: string, partitions: readonly number[], from: 'start' | 'head'): Promise<void> {
    for (const number of partitions) {
      const partition = this.#partition(number);
      if (!partition.marks.has(service)) partition.marks.set(service, from === 'start' ? 0 : partition.head);
    }
  }

  async park(message: UnhandledMessage): Promise<ParkOutcome> {
    const partition = this.#partition(message.partition);
    if (message.position > partition.head) {
      throw new PastHeadError(
        `message ${message.position} of partition ${message.partition} lies past the log's head ${partition.head}`,
      );
    }
    return partition.park(message, this.#now().toISOString());
  }

  async parked(service: string): Promise<ParkedMessage[]> {
    return [...this.#partitions.values()]
      .flatMap(({ parked }) => structuredClone(parked))
      .filter((message) => message.service === service)
      .sort((a, b) => a.partition - b.partition || a.position - b.position);
  }

  async firstParked(service: string, { partition, storyId }: StoryAt): Promise<ParkedMessage | undefined> {
    return structuredClone(this.#partition(partition).parkedOf(service, storyId)[0]);
  }

  async parkedStories(service: string): Promise<number> {
    return new Set((await this.parked(service)).map(({ partition, storyId }) => `${partition} ${storyId}`)).size;
  }

  async requestRedrive(service: string, { partition, storyId }: StoryAt): Promise<number> {
    const messages = this.#partition(partition).parkedOf(service, storyId);
    const now = this.#now().toISOString();
    for (const message of messages) message.redriveRequestedAt ??= now;
    return messages.length;
  }

  async requestedRedrives(service: string): Promise<StoryAt[]> {
    const requested = (await this.parked(service)).filter(({ redriveRequestedAt }) => redriveRequestedAt !== null);
    const stories = new Map(
      requested.map(({ partition, storyId }) => [`${partition} ${storyId}`, { partition, storyId }]),
    );
    return [...stories.values()].sort((a, b) => a.partition - b.partition || (a.storyId < b.storyId ? -1 : 1));
  }

  #refusal(
    partition: MemoryPartition,
    request: AppendRequest,
    prepared: readonly PreparedEvent[],
  ): AppendOutcome | undefined {
    const { handles, service } = request;
    const mark = partition.marks.get(service);
    const [first] = partition.parkedOf(service, request.storyId);
    const late = first !== undefined && handles === first.position;
    if (!late && handles !== undefined && mark !== undefined && handles <= mark) {
      return { outcome: 'already-handled', mark };
    }
    if (handles !== undefined && handles > partition.head) {
      throw new PastHeadError(
        `message ${handles} of partition ${request.partition} lies past the log's head ${partition.head}`,
      );
    }
    if (first !== undefined && !late) return { outcome: 'parked' };
    const positions = prepared.flatMap(({ event }) => partition.positionOf(event.streamId, event.eventId) ?? []);
    if (positions.length > 0 && positions.length === prepared.length) return { outcome: 'duplicate', positions };
    if (positions.length > 0) {
      throw new PartialDuplicateError(
        `${positions.length} of ${prepared.length} events are already in partition ${request.partition}`,
      );
    }
    const foreign = prepared.find(({ event }) => this.#owners.get(categoryOf(event.streamId)) !== service);
    if (foreign !== undefined) return { outcome: 'not-owner', category: categoryOf(foreign.event.streamId) };
    for (const [streamId, expected] of request.expected) {
      const version = expectedNumber(expected);
      const actual = partition.versionOf(streamId);
      if (version !== null && version !== actual) return { outcome: 'wrong-version', streamId, actual };
    }
    return undefined;
  }

  #partition(number: number): MemoryPartition {
    const partition = this.#partitions.get(number) ?? new MemoryPartition();
    this.#partitions.set(number, partition);
    return partition;
  }

  #select(partition: number, test: (event: StoredEvent) => boolean, limit = Infinity): StoredEvent[] {
    const events = this.#partitions.get(partition)?.events ?? [];
    return structuredClone(events.filter(test).slice(0, limit));
  }
}
