import type { ParkedMessage, ParkOutcome, StoredEvent, UnhandledMessage } from './event-log.ts';
import { storedText } from './stored-json.ts';

/** One partition of the log in memory. */
export class MemoryPartition {
  readonly events: StoredEvent[] = [];
  readonly marks = new Map<string, number>();
  /** In the order of their positions, as far as one service is concerned. */
  parked: ParkedMessage[] = [];
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

  /** The story's parked messages of the service, in order. */
  parkedOf(service: string, storyId: string): ParkedMessage[] {
    return this.parked.filter((message) => message.service === service && message.storyId === storyId);
  }

  /** Whether the message was parked; it is no longer. */
  unpark(service: string, position: number): boolean {
    const rest = this.parked.filter((message) => message.service !== service || message.position !== position);
    const was = rest.length < this.parked.length;
    this.parked = rest;
    return was;
  }

  /** What `park_message` does, but for its look at the head. */
  park(message: UnhandledMessage, now: string): ParkOutcome {
    const { service, partition, position, storyId, onlyBehind = false } = message;
    const error = message.error === null ? null : storedText(message.error);
    const story = this.parkedOf(service, storyId);
    const present = story.find((one) => one.position === position);
    if (present !== undefined) {
      if (present.redriveRequestedAt === null || onlyBehind) return 'parked';
      present.error = error;
      present.attempts += 1;
      for (const one of story) one.redriveRequestedAt = null;
      return 'parked';
    }
    if (position <= (this.marks.get(service) ?? 0)) return 'already-handled';
    const [first] = story;
    if (onlyBehind && first === undefined) return 'story-free';
    const attempts = error === null ? 0 : 1;
    const redriveRequestedAt = first?.redriveRequestedAt ?? null;
    this.parked.push({ service, partition, position, storyId, error, attempts, parkedAt: now, redriveRequestedAt });
    this.marks.set(service, position);
    return 'parked';
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
