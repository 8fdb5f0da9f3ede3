import { conflictEvents } from './domain-events.ts';
import { isEventType } from './events.ts';
import { gameEvents } from './game-events.ts';
import { CATEGORY_OWNERS } from './ids.ts';
import { type InputType, consumes, isInputType, judging } from './judging.ts';
import { problems } from './problems.ts';

const inputs: InputType[] = Object.keys(gameEvents).filter(isInputType);
const services = Object.entries(consumes).map(([service, types]) => ({ service, types: types.map(String) }));
const consumedBy = (service: string): string[] => services.find((of) => of.service === service)?.types ?? [];

describe('judging', () => {
  it('names one judge for every input, which owns a stream', () => {
    expect(new Set(Object.keys(judging))).toEqual(new Set(inputs));
    for (const type of inputs) expect(Object.values(CATEGORY_OWNERS)).toContain(judging[type].judge);
  });

  it.each(inputs)('of %s reaches its judge, and all others by what the judge has accepted', (type) => {
    const { judge, accepted, answeredBy } = judging[type];
    if (judge !== 'gateway') expect(consumedBy(judge)).toContain(type);
    for (const service of answeredBy) expect(consumedBy(service)).toContain(service === judge ? type : accepted);
    expect(new Set(answeredBy).size).toBe(answeredBy.length);
  });

  it.each(inputs)('of %s accepts and refuses with facts of the judge alone', (type) => {
    const { judge, accepted, refused } = judging[type];
    if (judge === 'gateway') {
      expect([accepted, refused]).toEqual([type, null]);
    } else {
      expect(Object.keys(conflictEvents)).toEqual(expect.arrayContaining([accepted, refused]));
    }
  });

  it('lets nobody react to an input that another service judges', () => {
    for (const { service, types } of services) {
      for (const type of types.filter(isInputType)) expect([service, 'gateway']).toContain(judging[type].judge);
    }
  });

  it('waits for everyone who reacts', () => {
    for (const type of inputs) {
      const { accepted, answeredBy } = judging[type];
      const reacting = services.filter(({ types }) => types.includes(accepted)).map(({ service }) => service);
      expect(answeredBy).toEqual(expect.arrayContaining(reacting));
    }
  });

  it('is about types that exist, each consumed once', () => {
    for (const { types } of services) {
      expect(types.filter((type) => !isEventType(type))).toEqual([]);
      expect(new Set(types).size).toBe(types.length);
    }
  });

  it('answers a sync sooner than any other call', () => {
    const deadlines = inputs.map((type) => [type, judging[type].deadlineMs]);
    expect(Object.fromEntries(deadlines)).toEqual({
      ...Object.fromEntries(inputs.map((type) => [type, 150])),
      SceneSynced: 80,
    });
  });

  it('refuses with codes that the API knows', () => {
    const codes = conflictEvents.ConflictRefused.shape.code.options;
    expect(codes.filter((code) => !Object.hasOwn(problems, code))).toEqual([]);
  });
});
