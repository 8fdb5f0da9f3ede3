import { consumes, eventsByCategory, judging } from '@agon/contracts';
import type { JsonObject } from '@agon/event-store';
import { RefinementsController } from '@agon/service-kit';
import * as fc from 'fast-check';
import { acted, began, chose, ended, progressed, synced } from '../test/inputs.ts';
import { type Input, TestService } from '../test/service.ts';
import { challenge, choice, negotiation } from '../test/story.ts';
import { Handlers } from './handlers.ts';

const storyId = 'p3_aaaaaaaaaaaaaaaa';

const typesOf = async (service: TestService, input: Input) => (await service.tell(input)).map(({ type }) => type);

/** What a story's log says, but for its ids and times. */
const factsOf = async (inputs: readonly Input[], id: string, seed?: string) => {
  const service = new TestService(id, seed);
  for (const input of inputs) await service.tell(input);
  const stored = await service.log.readPartition(3, 0, 10_000);
  return stored.map(({ type, data, metadata: { because, inputSequence } }) => ({
    type,
    data: timeless(data),
    because,
    inputSequence,
  }));
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
    expect(new Set(handled)).toEqual(new Set(consumes['conflict-flow'].map((type) => `event:${type}`)));
  });

  it('answer an input with its judgement first, and what it did to the flow after', async () => {
    const service = new TestService(storyId);
    const created = await service.tell(began());
    expect(created.map(({ streamId }) => streamId)).toEqual([
      `conflict-${storyId}-c1`,
      ...Array.from({ length: 4 }, () => `flow-${storyId}-c1`),
    ]);
    expect(await typesOf(service, chose(challenge))).toEqual([
      'ChoiceApplied',
      'FlowAdjusted',
      'TensionChanged',
      'TensionChanged',
    ]);
  });

  it('let every input that names a conflict be accepted or refused, as the contracts say', async () => {
    const inputs = [began(), chose(challenge), acted(), progressed(0.1), ended];
    const open = new TestService(storyId);
    for (const input of inputs) expect((await typesOf(open, input))[0]).toBe(judging[input.type].accepted);
    for (const input of inputs) expect(await typesOf(open, input)).toEqual([judging[input.type].refused]);
  });

  it('judge each conflict apart', async () => {
    const service = new TestService(storyId);
    await service.tell(began());
    await service.tell(ended);
    const other = began();
    if (other.type === 'ConflictBegan') await service.tell({ ...other, data: { ...other.data, conflictId: 'c2' } });
    expect(await service.tell(chose(challenge))).toMatchObject([{ data: { code: 'conflict_resolved' } }]);
    const [second] = await service.tell({
      type: 'PlayerChoiceMade',
      data: { conflictId: 'c2', choice: challenge, cast: [] },
    });
    expect(second?.type).toBe('ChoiceApplied');
  });

  it('read a scene in the light of its conflicts', async () => {
    const service = new TestService(storyId);
    expect(await service.tell(synced)).toMatchObject([{ type: 'SceneTensionRead', data: { level: 'baseline' } }]);
    await service.tell(began());
    expect(await service.tell(synced)).toMatchObject([
      { type: 'SceneTensionRead', data: { score: 0.46, dominantType: 'power', dominantLevel: 0.6 } },
    ]);
  });

  const accepted = [began(), chose(challenge), acted(), chose(negotiation), progressed(0.5), chose(challenge), synced];

  it('tell equal stories alike, and name no story in what they decide', async () => {
    const facts = await factsOf(accepted, storyId);
    expect(await factsOf(accepted, 'p3_bbbbbbbbbbbbbbbb')).toEqual(facts);
    expect(await factsOf(accepted, storyId, 'harbour-8')).not.toEqual(facts);
    expect(JSON.stringify(facts)).not.toContain(storyId);
  });

  it('move nothing by whatever they refuse', async () => {
    const stranger = choice({ targetNpcId: 'stranger' });
    const refused = fc.constantFrom(began('feud'), chose(stranger), acted('stranger'));
    const tellings = fc.array(fc.record({ before: fc.array(refused, { maxLength: 3 }), at: fc.nat() }), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(tellings, async (interruptions) => {
        const service = new TestService(storyId);
        for (const [at, input] of accepted.entries()) {
          await service.tell(input);
          for (const { before } of interruptions.filter((of) => of.at % accepted.length === at)) {
            for (const bad of before) {
              const [fact, ...rest] = await service.tell(bad);
              expect([fact?.type, rest]).toEqual([judging[bad.type].refused, []]);
            }
          }
        }
        const last = (await service.tell(progressed(0))).find(({ type }) => type === 'ProgressApplied');
        expect(last?.data).toMatchObject({
          flow: { momentum: 1, phaseProgress: 0.8, intensity: 0.9 },
          tension: { power: 1 },
        });
      }),
      { numRuns: 50 },
    );
  }, 60_000);

  it('append to the streams that are theirs', async () => {
    const service = new TestService(storyId);
    for (const input of [...accepted, ended]) {
      for (const { streamId, type } of await service.tell(input)) {
        const category = streamId.startsWith('conflict-') ? 'conflict' : 'flow';
        expect(Object.keys(eventsByCategory[category])).toContain(type);
      }
    }
  });
});
