import { givenOf } from '@agon/testing';
import { began, tense } from '../../test/flow-facts.ts';
import { telling } from '../../test/story.ts';
import * as flow from './flow.ts';
import { type ReadScene, decider } from './scene-tension.ts';

const given = givenOf(decider);
const flowOf = (...facts: readonly flow.FlowEvent[]) => facts.reduce(flow.evolve, flow.initialState());
const read = (...flows: readonly flow.FlowState[]): ReadScene => ({ type: 'ReadScene', flows, telling: telling(3) });

const heated = (escalations: number): flow.FlowState => ({
  ...flowOf(began({ intensity: 0.6 }), tense('power', 0.75)),
  escalations,
});

describe('the tension of a scene', () => {
  it('is at its baseline where nothing is at issue', () => {
    given()
      .when(read())
      .then([
        {
          type: 'SceneTensionRead',
          data: { score: 0, level: 'baseline', dominantType: null, dominantLevel: 0, itemId: 'atmosphere-3' },
        },
      ]);
  });

  it('does not know conflicts that never began', () => {
    given()
      .when(read(flow.initialState()))
      .then([{ type: 'SceneTensionRead', data: { score: 0, dominantType: null } }]);
  });

  it('adds up intensity, open conflicts and escalations', () => {
    given()
      .when(read(heated(1)))
      .then([
        {
          type: 'SceneTensionRead',
          data: { score: 0.51, level: 'rising', dominantType: 'power', dominantLevel: 0.75 },
        },
      ]);
    given()
      .when(read(heated(1), flowOf(began({ intensity: 0.2 }), tense('social', 0.9))))
      .then([{ type: 'SceneTensionRead', data: { score: 0.49, dominantType: 'social', dominantLevel: 0.9 } }]);
  });

  it('caps what many conflicts and many escalations add', () => {
    given()
      .when(read(...Array.from({ length: 5 }, () => heated(5))))
      .then([{ type: 'SceneTensionRead', data: { score: 0.86, level: 'critical' } }]);
  });

  it('leaves out conflicts that are over', () => {
    const over = { ...flowOf(began({ phase: 'aftermath', intensity: 1 }), tense('power', 1)), escalations: 3 };
    given()
      .when(read(over, flowOf(began({ intensity: 0.2 }), tense('social', 0.4))))
      .then([{ type: 'SceneTensionRead', data: { score: 0.22, dominantType: 'social', dominantLevel: 0.4 } }]);
  });

  it('is told in other words each time', () => {
    const { states, texts } = [1, 2, 3].reduce(
      ({ states, texts }, ordinal) => {
        const [fact] = decider.decide({ ...read(), telling: telling(ordinal) }, states);
        if (fact === undefined) throw new Error('a scene is always read');
        return { states: decider.evolve(states, fact), texts: [...texts, fact.data.text.key] };
      },
      { states: decider.initialState(), texts: Array.of<string>() },
    );
    expect(new Set(texts).size).toBe(3);
    expect(states.used).toEqual(texts);
  });
});
