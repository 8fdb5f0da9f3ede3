import { consumes } from '@agon/contracts';
import type { JsonObject } from '@agon/event-store';
import { RefinementsController } from '@agon/service-kit';
import { type Message, TestService } from '../test/service.ts';
import { cast, choice, maren, moved, tobias } from '../test/story.ts';
import { Handlers } from './handlers.ts';

const storyId = 'p3_aaaaaaaaaaaaaaaa';
const conflictId = 'c1';

const movement = {
  flow: { phase: 'rising', pacingStyle: 'steady', intensity: 0.6, momentum: 0.775, phaseProgress: 0.15 } as const,
  tension: { power: 0.75 },
  tensionChanges: [moved('power', 0.6, 0.75)],
  transition: null,
};

const created: Message = {
  type: 'ConflictCreated',
  data: {
    conflictId,
    conflictType: 'power_crisis',
    name: 'The Empty Chair',
    nameText: { key: 'name', params: {}, text: 'The Empty Chair' },
    location: null,
    stakes: [],
    cast,
  },
};
const chosen: Message = {
  type: 'ChoiceApplied',
  data: { conflictId, choice: choice({ choiceType: 'aggressive', targetNpcId: '11' }), cast: [maren], ...movement },
};
const progressed: Message = { type: 'ProgressApplied', data: { conflictId, ...movement } };
const acted: Message = {
  type: 'ActApplied',
  data: {
    conflictId,
    npcId: '11',
    actionType: 'aggressive',
    socialAct: null,
    targetNpcId: null,
    successProbability: 0.5,
    cast: [maren],
    ...movement,
  },
};
const resolved: Message = {
  type: 'ConflictResolved',
  data: {
    conflictId,
    name: 'The Empty Chair',
    resolution: { type: 'compromise', winners: [], losers: [], stakes: [] },
    cast,
  },
};
const synced: Message = {
  type: 'SceneSynced',
  data: { npcIds: ['11', '12'], topics: [], conflictIds: [conflictId], cast: [maren, tobias] },
};

const tellAll = async (messages: readonly Message[], id = storyId, seed?: string) => {
  const service = new TestService(id, seed);
  for (const message of messages) await service.tell(message);
  return service;
};

const factsOf = async (service: TestService) =>
  (await service.log.readPartition(3, 0, 10_000)).map(({ type, data, metadata }) => ({
    type,
    data: timeless(data),
    because: metadata.because,
  }));

const behavioursOf = async (service: TestService) =>
  (await service.tell(synced)).flatMap((fact) =>
    fact.type === 'BehavioursHinted' ? fact.data.hints.map(({ behaviour }) => behaviour) : [],
  );

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
    expect(new Set(handled)).toEqual(new Set(consumes['stakeholder-actions'].map((type) => `event:${type}`)));
  });

  it('let everyone join, and the one addressed react', async () => {
    const service = await tellAll([]);
    expect((await service.tell(created)).map(({ type, streamId }) => [type, streamId])).toEqual(
      cast.map(() => ['StakeholderJoined', `stakeholders-${storyId}-c1`]),
    );
    const reactions = (await service.tell(chosen)).filter(({ type }) => type === 'StakeholderReacted');
    expect(reactions).toContainEqual(expect.objectContaining({ data: expect.objectContaining({ npcId: '11' }) }));
  });

  it.each([
    ['progress', progressed],
    ['an act', acted],
  ])('let everyone bear %s', async (_, message) => {
    const service = await tellAll([created]);
    const [strained, ...rest] = await service.tell(message);
    expect(rest).toEqual([]);
    expect(strained?.type === 'StressChanged' ? strained.data.changes.map(({ npcId }) => npcId) : []).toEqual([
      '11',
      '12',
      '13',
    ]);
  });

  it('let nobody react once the conflict is resolved', async () => {
    const service = await tellAll([created, resolved]);
    for (const message of [chosen, progressed, acted, resolved]) expect(await service.tell(message)).toEqual([]);
  });

  it('show a scene by its open conflicts', async () => {
    expect(await behavioursOf(await tellAll([]))).toEqual(['observant', 'observant']);
    expect(await behavioursOf(await tellAll([created]))).not.toContain('observant');
    expect(await behavioursOf(await tellAll([created, resolved]))).toEqual(['observant', 'observant']);
  });

  it('tell equal stories alike, and name no story in what they decide', async () => {
    const messages = [created, chosen, acted, chosen, progressed, chosen, resolved];
    const facts = await factsOf(await tellAll(messages));
    expect(await factsOf(await tellAll(messages, 'p3_bbbbbbbbbbbbbbbb'))).toEqual(facts);
    expect(await factsOf(await tellAll(messages, storyId, 'harbour-8'))).not.toEqual(facts);
    expect(JSON.stringify(facts)).not.toContain(storyId);
  });
});
