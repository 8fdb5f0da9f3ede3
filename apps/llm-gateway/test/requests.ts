import { randomUUID } from 'node:crypto';
import { categoriesOf, type DataOf, examples, LANE_TTL_MS, partitionOf, streamId } from '@agon/contracts';
import type { EventLog, StoredEvent } from '@agon/event-store';
import type { StoredRequest } from '../src/lanes/stored-request.ts';

type Asked = DataOf<'RefinementRequested'>;

let stories = 0;
export const newStory = (): string => `p3_story${String((stories += 1)).padStart(6, '0')}`;

export const askedOf = (changes: Partial<Asked> = {}): Asked => {
  const lane = changes.lane ?? 'hot';
  return {
    ...examples.RefinementRequested,
    refinementId: `r-${randomUUID()}`,
    key: `reaction-${randomUUID()}`,
    deadline: new Date(Date.now() + LANE_TTL_MS[lane]).toISOString(),
    ...changes,
  };
};

/** A request as it lies on a lane, of no log. */
export const requestOf = (storyId: string, changes: Partial<Asked> = {}): StoredRequest => ({
  type: 'RefinementRequested',
  partition: partitionOf(storyId),
  storyId,
  eventId: randomUUID(),
  correlationId: randomUUID(),
  metadata: { game: 'local', inputSequence: 4, seed: 'harbour-7', contentPack: 'harbour' },
  data: askedOf(changes),
});

export const claimAll = async (log: EventLog): Promise<void> => {
  for (const owner of ['stakeholder-actions', 'llm-gateway']) await log.claim(owner, categoriesOf(owner));
};

/** Stores a request as its owner would. */
export const appendRequest = async (
  log: EventLog,
  storyId: string,
  changes: Partial<Asked> = {},
): Promise<StoredEvent> => {
  const eventId = randomUUID();
  const metadata = {
    game: 'local',
    source: 'stakeholder-actions',
    depth: 5,
    inputSequence: 4,
    seed: 'harbour-7',
    contentPack: 'harbour',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    replyTo: 'reply.one.two',
  };
  const outcome = await log.append({
    partition: partitionOf(storyId),
    service: 'stakeholder-actions',
    storyId,
    correlationId: randomUUID(),
    expected: new Map(),
    events: [
      {
        streamId: streamId('stakeholder_refinements', storyId),
        eventId,
        type: 'RefinementRequested',
        schemaVersion: 1,
        data: askedOf(changes),
        metadata,
      },
    ],
  });
  const [stored] = outcome.outcome === 'appended' ? outcome.events : [];
  if (stored === undefined) throw new Error(`the request was not stored: ${outcome.outcome}`);
  return stored;
};
