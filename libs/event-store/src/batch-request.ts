import { storedEvents } from './append-row.ts';
import { expectedNumber } from './append-request.ts';
import type { PreparedAppend } from './append-queue.ts';
import type { AppendOutcome } from './event-log.ts';
import { jsonbArray } from './jsonb-array.ts';

/** The one row that `append_batch` returns. */
export interface BatchRow {
  readonly heads: readonly (number | null)[] | null;
  readonly befores: readonly (number | null)[] | null;
  readonly recorded_at: string | null;
}

/** Where an append goes: the number of its partition from 1 on, and how many events of the partition come before its own. */
interface Section {
  readonly number: number;
  readonly before: number;
}

/** A stream that an append of the batch rests on or writes to. */
interface BatchStream {
  /** Number of the append, from 1 on. */
  readonly append: number;
  readonly streamId: string;
  readonly expected: number | null;
  added: number;
}

/** Where an event goes: its stream's number, and its places there and in its partition; all from 1 on. */
interface Place {
  readonly stream: number;
  readonly inPartition: number;
  readonly inStream: number;
}

/** Appends of one service with their partitions, streams and events numbered, as `append_batch` takes them. */
export class Batch {
  readonly #appends: readonly PreparedAppend[];
  /** By partition how many events it gets, in the order of their numbers. */
  readonly #counts = new Map<number, number>();
  readonly #numbers = new Map<number, number>();
  readonly #sections: Section[];
  readonly #streams: BatchStream[] = [];
  /** Of each append where its events go, in their order. */
  readonly #places: Place[][];

  constructor(appends: readonly PreparedAppend[]) {
    this.#appends = appends;
    this.#sections = appends.map((append) => this.#section(append));
    this.#places = appends.map((append, n) => this.#place(append, n));
  }

  #section({ request: { partition }, events }: PreparedAppend): Section {
    const before = this.#counts.get(partition) ?? 0;
    this.#counts.set(partition, before + events.length);
    const number = this.#numbers.get(partition) ?? this.#numbers.size + 1;
    this.#numbers.set(partition, number);
    return { number, before };
  }

  #place({ request, events }: PreparedAppend, append: number): Place[] {
    const numbers = new Map<string, number>();
    const numberOf = (streamId: string, expected: number | null): number => {
      const known = numbers.get(streamId);
      if (known !== undefined) return known;
      const number = this.#streams.push({ append: append + 1, streamId, expected, added: 0 });
      numbers.set(streamId, number);
      return number;
    };
    for (const [streamId, expected] of request.expected) numberOf(streamId, expectedNumber(expected));
    const { before = 0 } = this.#sections[append] ?? {};
    return events.map(({ event }, index) => {
      const stream = numberOf(event.streamId, null);
      const numbered = this.#streams[stream - 1];
      if (numbered !== undefined) numbered.added += 1;
      return { stream, inPartition: before + index + 1, inStream: numbered?.added ?? 0 };
    });
  }

  /** The arguments of `append_batch`. */
  values(): unknown[] {
    const appends = this.#appends;
    const places = this.#places.flat();
    const events = appends.flatMap((append) => append.events);
    return [
      appends[0]?.request.service,
      [...this.#counts.keys()],
      [...this.#counts.values()],
      this.#sections.map(({ number }) => number),
      appends.map(({ request }) => request.storyId),
      appends.map(({ request }) => request.correlationId),
      appends.map(({ request }) => request.handles ?? null),
      this.#streams.map(({ append }) => append),
      this.#streams.map(({ streamId }) => streamId),
      this.#streams.map(({ expected }) => expected),
      this.#streams.map(({ added }) => added),
      places.map(({ stream }) => stream),
      places.map(({ inPartition }) => inPartition),
      places.map(({ inStream }) => inStream),
      events.map(({ event }) => event.eventId),
      events.map(({ event }) => event.type),
      events.map(({ event }) => event.schemaVersion),
      jsonbArray(events.map(({ data }) => data)),
      jsonbArray(events.map(({ metadata }) => metadata)),
    ];
  }

  /** What the row says of each append: that it was stored, or nothing. */
  outcomes(row: BatchRow): (AppendOutcome | undefined)[] {
    return this.#appends.map((append, n) => {
      const { number = 0, before = 0 } = this.#sections[n] ?? {};
      const head = row.heads?.[number - 1] ?? null;
      if (head === null) return undefined;
      const places = this.#places[n] ?? [];
      const versions = places.map(({ stream, inStream }) => (row.befores?.[stream - 1] ?? 0) + inStream);
      const firstPosition = head + before + 1;
      return {
        outcome: 'appended',
        events: storedEvents(append, { firstPosition, versions, recordedAt: row.recorded_at }),
      };
    });
  }
}
