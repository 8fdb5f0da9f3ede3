import { streamId, type Category } from '@agon/contracts';
import type { EventLog, NewEvent } from '@agon/event-store';
import type { PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import { randomUUID } from 'node:crypto';
import { storyIn } from '../stories.ts';
import { appended } from './agon.ts';
import { emmettEvent } from './emmett.ts';
import { factOf, type Fact } from './workload.ts';

/** What one service stores in answer to a player's choice: some facts, in one or two of its streams. */
interface Share {
  readonly service: string;
  readonly facts: readonly { readonly category: Category; readonly localId?: string; readonly fact: Fact }[];
}

/** A choice of a player, judged by conflict-flow; then the two others answer what it made of it, side by side. */
const choice: Share = { service: 'gateway', facts: [{ category: 'game', fact: factOf('PlayerChoiceMade', 'game') }] };
const judged: Share = {
  service: 'conflict-flow',
  facts: [
    { category: 'conflict', localId: 'c1', fact: factOf('ChoiceApplied', 'conflict-flow') },
    { category: 'flow', localId: 'c1', fact: factOf('FlowAdjusted', 'conflict-flow') },
    { category: 'flow', localId: 'c1', fact: factOf('TensionChanged', 'conflict-flow') },
  ],
};
const answered: readonly Share[] = [
  {
    service: 'stakeholder-actions',
    facts: [
      { category: 'stakeholders', localId: 'c1', fact: factOf('StressChanged', 'stakeholder-actions') },
      { category: 'stakeholders', localId: 'c1', fact: factOf('StakeholderReacted', 'stakeholder-actions') },
      {
        category: 'stakeholder_refinements',
        localId: 'c1',
        fact: factOf('RefinementRequested', 'stakeholder-actions'),
      },
    ],
  },
  {
    service: 'social-circle',
    facts: [
      { category: 'circle', fact: factOf('GossipStarted', 'social-circle') },
      { category: 'circle', fact: factOf('ReputationChanged', 'social-circle') },
    ],
  },
];

export const APPENDS_PER_TURN = 2 + answered.length;

/** Takes the turns of one story, one after the other. */
export type Turns = () => Promise<void>;

/**
 * As the services do: each append names the message that it handles and moves the mark with it, expects the versions of
 * the streams that it decided on, and may go to two streams at once.
 */
export function agonTurns(log: EventLog, partition: number, label: string): Turns {
  const { storyId } = storyIn(partition, label);
  const versions = new Map<string, number>();
  const append = async ({ service, facts }: Share, handles?: number): Promise<number> => {
    const events: NewEvent[] = facts.map(({ category, localId, fact }) => ({
      streamId: streamId(category, storyId, localId),
      eventId: randomUUID(),
      schemaVersion: 1,
      ...fact,
    }));
    const streams = new Set(events.map((event) => event.streamId));
    const stored = await appended(log, {
      partition,
      service,
      storyId,
      correlationId: storyId,
      handles,
      expected: new Map([...streams].map((stream) => [stream, versions.get(stream) ?? ('none' as const)])),
      events,
    });
    for (const event of stored) versions.set(event.streamId, event.version);
    return stored[0]?.position ?? 0;
  };
  return async () => {
    const input = await append(choice);
    const applied = await append(judged, input);
    await Promise.all(answered.map((share) => append(share, applied)));
  };
}

/** The same facts in as many appends. emmett knows no marks and no append to two streams: one stream takes all of a share. */
export function emmettTurns(store: PostgresEventStore, partition: number, label: string): Turns {
  const { storyId } = storyIn(partition, label);
  const versions = new Map<string, bigint>();
  const append = async ({ service, facts }: Share): Promise<void> => {
    const version = versions.get(service);
    const { nextExpectedStreamVersion } = await store.appendToStream(
      `${service}-${storyId}`,
      facts.map(({ fact }) => emmettEvent(fact)),
      { expectedStreamVersion: version ?? 'STREAM_DOES_NOT_EXIST' },
    );
    versions.set(service, nextExpectedStreamVersion);
  };
  return async () => {
    await append(choice);
    await append(judged);
    await Promise.all(answered.map(append));
  };
}
