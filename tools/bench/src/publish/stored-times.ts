import { streamOf } from '@agon/event-store';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { now, partitions } from './protocol.ts';

/** Nanoseconds since 1970 of a time with up to nine decimals (RFC 3339). */
export function nanosOf(text: string): number {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const seconds = Date.parse(text.replace(/\.\d+/, '')) / 1000;
  return seconds * 1e9 + Number(fraction.padEnd(9, '0'));
}

/**
 * What to take from a time of the wall clock, in nanoseconds, to have the monotonic clock's. Each try is late by the time
 * between the wall clock's tick and the look at the other clock, so the largest difference is the best.
 */
export function wallClockOffset(tries = 20): number {
  const offsets = Array.from({ length: tries }, () => {
    const before = Date.now();
    let wall = before;
    while (wall === before) wall = Date.now();
    return wall * 1e6 - now();
  });
  return Math.max(...offsets);
}

/** Reads when the broker stored each message, each only once. */
export class StoredTimes {
  private readonly nats: NatsConnection;
  private readonly next = new Map<number, number>();

  constructor(nats: NatsConnection) {
    this.nats = nats;
  }

  /** Since the last time, by event id, on the monotonic clock. */
  async read(): Promise<Map<string, number>> {
    const manager = await jetstreamManager(this.nats);
    const times = new Map<string, number>();
    const offset = wallClockOffset();
    await Promise.all(
      partitions.map(async (partition) => {
        const { state } = await manager.streams.info(streamOf(partition));
        const first = Math.max(state.first_seq, this.next.get(partition) ?? 0);
        for (let seq = first; seq <= state.last_seq; seq += 1) {
          const message = await manager.streams.getMessage(streamOf(partition), { seq });
          if (message !== null) times.set(message.header.get('Agon-Event-Id'), nanosOf(message.timestamp) - offset);
        }
        this.next.set(partition, state.last_seq + 1);
      }),
    );
    return times;
  }
}
