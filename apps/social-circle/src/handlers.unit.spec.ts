import { consumes, type SocialAct } from '@agon/contracts';
import type { JsonObject } from '@agon/event-store';
import { RefinementsController } from '@agon/service-kit';
import { type Message, TestService } from '../test/service.ts';
import { cast, maren, resolutionOf, tobias } from '../test/story.ts';
import { Handlers } from './handlers.ts';

const storyId = 'p3_aaaaaaaaaaaaaaaa';
const conflictId = 'c1';
const name = 'The Empty Chair';

const created: Message = {
  type: 'ConflictCreated',
  data: {
    conflictId,
    conflictType: 'power_crisis',
    name,
    nameText: { key: 'name', params: {}, text: name },
    location: null,
    stakes: [],
    cast,
  },
};
const acted = (socialAct: SocialAct | null, targetNpcId: string | null = null): Message => ({
  type: 'ActApplied',
  data: {
    conflictId,
    npcId: '11',
    actionType: 'aggressive',
    socialAct,
    targetNpcId,
    successProbability: 0.5,
    cast: [maren, tobias],
    flow: { phase: 'rising', pacingStyle: 'steady', intensity: 0.6, momentum: 0.7, phaseProgress: 0 },
    tension: {},
    tensionChanges: [],
    transition: null,
  },
});
const resolution = resolutionOf({ winners: ['12'], losers: ['11'] });
const resolved: Message = { type: 'ConflictResolved', data: { conflictId, name, resolution, cast } };
const synced: Message = { type: 'SceneSynced', data: { npcIds: ['11'], topics: [], conflictIds: [], cast: [maren] } };

const factsOf = async (messages: readonly Message[], id = storyId, seed?: string) => {
  const service = new TestService(id, seed);
  for (const message of messages) await service.tell(message);
  const stored = await service.log.readPartition(3, 0, 10_000);
  return stored.map(({ type, data, metadata: { because } }) => ({ type, data: timeless(data), because }));
};

/** Deadlines are times. */
const timeless = (data: JsonObject): JsonObject => ({ ...data, deadline: undefined });

describe('the handlers', () => {
  it('handle what the contracts say that this service consumes', () => {
    const methods = [Handlers, RefinementsController].flatMap(({ prototype }) =>
      Object.values(Object.getOwnPropertyDescriptors(prototype)),
    );
    const patterns: string[] = methods.flatMap(({ value }) =>
      typeof value === 'function' ? (Reflect.getMetadata('microservices:pattern', value) ?? []) : [],
    );
    const handled = patterns.filter((pattern) => pattern.startsWith('event:'));
    expect(new Set(handled)).toEqual(new Set(consumes['social-circle'].map((type) => `event:${type}`)));
  });

  it('hear of all conflicts of a story in one circle', async () => {
    const service = new TestService(storyId);
    const facts = [...(await service.tell(created)), ...(await service.tell(resolved))];
    expect(facts.map(({ type }) => type)).toEqual([
      'GossipStarted',
      'ReputationChanged',
      'ReputationChanged',
      'GossipStarted',
    ]);
    expect(new Set(facts.map(({ streamId }) => streamId))).toEqual(new Set([`circle-${storyId}`]));
    expect(await service.tell(synced)).toMatchObject([
      { type: 'CircleObserved', data: { gossip: [{}, {}], reputations: { '11': { influential: 0.4 } } } },
    ]);
  });

  it('know who acted, and against whom', async () => {
    const service = new TestService(storyId);
    expect(await service.tell(acted('betray', '12'))).toMatchObject([
      { type: 'ReputationChanged', data: { npcId: '11' } },
      { type: 'GossipStarted', data: { about: ['11', '12'] } },
    ]);
  });

  it('stay quiet at an act that means nothing to the circle', async () => {
    expect(await new TestService(storyId).tell(acted(null, '12'))).toEqual([]);
  });

  it('tell equal stories alike, and name no story in what they decide', async () => {
    const messages = [created, acted('betray', '12'), synced, acted('support'), resolved, synced];
    const facts = await factsOf(messages);
    expect(await factsOf(messages, 'p3_bbbbbbbbbbbbbbbb')).toEqual(facts);
    expect(await factsOf(messages, storyId, 'harbour-8')).not.toEqual(facts);
    expect(JSON.stringify(facts)).not.toContain(storyId);
  });
});
