import { randomUUID } from 'node:crypto';
import type { AppendRequest, EventLog, NewEvent, ParkedMessage, StoredEvent, StoryAt } from '../src/index.ts';

/** Owners that the suites claim; `lonely` is a category that nobody owns. */
export const owners = { gateway: ['game'], 'conflict-flow': ['flow', 'conflict'] } as const;

export const claimAll = async (log: EventLog): Promise<void> => {
  for (const [service, categories] of Object.entries(owners)) await log.claim(service, categories);
};

/** An event of the story `s1`, made by the gateway unless the overrides say otherwise. */
export const newEvent = (overrides: Partial<NewEvent> = {}): NewEvent => ({
  streamId: 'game-s1',
  eventId: randomUUID(),
  type: 'SceneSynced',
  schemaVersion: 1,
  data: { scene: 'harbour', tension: 0.725 },
  metadata: { game: 'local', source: 'game', depth: 0 },
  ...overrides,
});

/** An append by the gateway to the story `s1`. */
export const request = (overrides: Partial<AppendRequest> = {}): AppendRequest => ({
  partition: 0,
  service: 'gateway',
  storyId: 's1',
  correlationId: 'c1',
  expected: new Map(),
  events: [newEvent()],
  ...overrides,
});

/** An append by conflict-flow of one event to the story's flow. */
export const flowRequest = (overrides: Partial<AppendRequest> = {}): AppendRequest =>
  request({
    service: 'conflict-flow',
    events: [newEvent({ streamId: 'flow-s1', type: 'PhaseTransitioned' })],
    ...overrides,
  });

/** Appends and expects it to be stored. */
export const stored = async (log: EventLog, append: AppendRequest): Promise<StoredEvent[]> => {
  const outcome = await log.append(append);
  if (outcome.outcome !== 'appended') throw new Error(`append gave ${JSON.stringify(outcome)}`);
  return outcome.events;
};

export interface Contents {
  events: StoredEvent[];
  head: number;
  marks: [string, number][];
  parked: ParkedMessage[];
  requested: StoryAt[];
}

/** All that the log holds of a partition. */
export const contents = async (log: EventLog, partition: number): Promise<Contents> => {
  const services = [...Object.keys(owners), 'social-circle'];
  const parked = await Promise.all(services.map((service) => log.parked(service)));
  const requested = await Promise.all(services.map((service) => log.requestedRedrives(service)));
  return {
    events: await log.readPartition(partition, 0, 100_000),
    head: (await log.heads()).get(partition) ?? 0,
    marks: [...(await log.marks(partition))].sort(([a], [b]) => (a < b ? -1 : 1)),
    parked: parked.flat().filter((message) => message.partition === partition),
    requested: requested.flat().filter((story) => story.partition === partition),
  };
};
