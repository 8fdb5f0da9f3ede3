import type { ParkedMessage, StoredEvent } from './event-log.ts';

/** One partition of the log in memory. */
export class MemoryPartition {
  readonly events: StoredEvent[] = [];
  readonly marks = new Map<string, number>();
  readonly parked: ParkedMessage[] = [];
  /** By stream, then by decider; the state is JSON. */
  readonly snapshots = new Map<string, Map<string, { version: number; state: string }>>();
  readonly #versions = new Map<string, number>();
  readonly #positions = new Map<string, number>();

  /** Position of the last event; 0 when there is none. */
  get head(): number {
    return this.events.length;
  }

  /** Number of events in a stream. */
  versionOf(streamId: string): number {
    return this.#versions.get(streamId) ?? 0;
  }

  /** Where an event stands, if it is known. */
  positionOf(streamId: string, eventId: string): number | undefined {
    return this.#positions.get(`${streamId} ${eventId}`);
  }

  /** Gives the event the next position and version, and keeps it. */
  add(event: Omit<StoredEvent, 'position' | 'version'>): StoredEvent {
    const { partition, streamId, ...rest } = event;
    const stored = { partition, position: this.head + 1, streamId, version: this.versionOf(streamId) + 1, ...rest };
    this.events.push(stored);
    this.#versions.set(stored.streamId, stored.version);
    this.#positions.set(`${stored.streamId} ${stored.eventId}`, stored.position);
    return stored;
  }
}
