import { CategoryOwnedError, PartialDuplicateError, PastHeadError } from './append-errors.ts';
import { dataOf, expectedNumber, metadataOf, prepareEvents, type PreparedEvent } from './append-request.ts';
import type {
  AppendOutcome,
  AppendRequest,
  EventLog,
  LoadedStream,
  NewSnapshot,
  ParkedMessage,
  StoredEvent,
} from './event-log.ts';
import { MemoryPartition } from './memory-partition.ts';
import { categoryOf } from './names.ts';
import { storedText } from './stored-json.ts';

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
        data: dataOf(event),
        metadata: metadataOf(event),
        recordedAt,
      }),
    );
    if (request.handles !== undefined) partition.marks.set(request.service, request.handles);
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
    return this.#select(partition, (event) => event.position > after, limit);
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

  async park(message: ParkedMessage): Promise<void> {
    const partition = this.#partition(message.partition);
    if (message.position > partition.head) {
      throw new PastHeadError(
        `message ${message.position} of partition ${message.partition} lies past the log's head ${partition.head}`,
      );
    }
    if (message.position <= (partition.marks.get(message.service) ?? 0)) return;
    const { service, position, storyId, error } = message;
    partition.parked.push({ service, partition: message.partition, position, storyId, error: storedText(error) });
    partition.marks.set(service, position);
  }

  async parked(service: string): Promise<ParkedMessage[]> {
    return [...this.#partitions.values()]
      .flatMap(({ parked }) => structuredClone(parked))
      .filter((message) => message.service === service)
      .sort((a, b) => a.partition - b.partition || a.position - b.position);
  }

  #refusal(
    partition: MemoryPartition,
    request: AppendRequest,
    prepared: readonly PreparedEvent[],
  ): AppendOutcome | undefined {
    const { handles, service } = request;
    const mark = partition.marks.get(service);
    if (handles !== undefined && mark !== undefined && handles <= mark) return { outcome: 'already-handled', mark };
    if (handles !== undefined && handles > partition.head) {
      throw new PastHeadError(
        `message ${handles} of partition ${request.partition} lies past the log's head ${partition.head}`,
      );
    }
    if (partition.parked.some((message) => message.service === service && message.storyId === request.storyId)) {
      return { outcome: 'parked' };
    }
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
