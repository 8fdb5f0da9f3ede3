import { categoriesOf, streamId } from '@agon/contracts';
import {
  PgEventLog,
  createPool,
  migrateEventStore,
  type AppendRequest,
  type EventLog,
  type StoredEvent,
} from '@agon/event-store';
import { randomUUID } from 'node:crypto';
import { storyOf, type BenchStory } from '../stories.ts';
import { FACT, SERVICE } from './workload.ts';

/** Every service that appends in a benchmark. */
export const SERVICES = ['gateway', 'conflict-flow', 'stakeholder-actions', 'social-circle'];

/** The log as a service opens it. */
export interface AgonLog {
  readonly log: EventLog;
  readonly close: () => Promise<void>;
}

/** Makes the tables and shares the categories out. */
export async function prepareAgon(url: string): Promise<void> {
  await migrateEventStore(url);
  const { log, close } = openAgon(url);
  for (const service of SERVICES) await log.claim(service, categoriesOf(service));
  await close();
}

export function openAgon(url: string, connections = 10): AgonLog {
  const pool = createPool(url, 'bench', connections);
  return { log: new PgEventLog(pool), close: () => pool.end() };
}

/** Appends, and takes anything but success for a failure of the benchmark. */
export async function appended(log: EventLog, request: AppendRequest): Promise<StoredEvent[]> {
  const outcome = await log.append(request);
  if (outcome.outcome === 'appended') return outcome.events;
  throw new Error(`an append that must succeed gave ${JSON.stringify(outcome)}`);
}

/** Writers of one round: each has a story, a stream in it, and expects the version that it left. */
export function agonWriters(log: EventLog, round: string, events: number): (writer: number) => Promise<void> {
  const stories = new Map<number, BenchStory & { version: number }>();
  return async (writer) => {
    const story = stories.get(writer) ?? { ...storyOf(`${round}w${writer}`), version: 0 };
    stories.set(writer, story);
    const { storyId, partition, version } = story;
    const stream = streamId('flow', storyId, 'c1');
    await appended(log, {
      partition,
      service: SERVICE,
      storyId,
      correlationId: storyId,
      expected: new Map([[stream, version === 0 ? 'none' : version]]),
      events: Array.from({ length: events }, () => ({
        streamId: stream,
        eventId: randomUUID(),
        schemaVersion: 1,
        ...FACT,
      })),
    });
    story.version += events;
  };
}
