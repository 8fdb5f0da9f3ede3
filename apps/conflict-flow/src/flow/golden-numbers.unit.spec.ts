import { play } from '@agon/testing';
import { challenge, negotiation } from '../../test/story.ts';
import { act, choose, progress, start } from '../../test/flow-facts.ts';
import { decider, movedBy } from './flow.ts';

/**
 * The numbers of the example story, worked out by hand: the dominant axis drives momentum by (level - 0.5) x 0.3
 * whenever it moves, and momentum ends at 1.
 *
 * | step      | momentum                                | progress   | power              | social    |
 * |-----------|-----------------------------------------|------------|--------------------|-----------|
 * | creation  | .5 (crisis)                             | 0          | .6                 | .3        |
 * | challenge | .5 + .2 + (.75 - .5) x .3 = .775        | .15        | .6 + .15           | .3 + .1   |
 * | act       | .775 + .15 + (.88 - .5) x .3 = 1.039    | .15        | .75 + .2 x .65     | .4        |
 * | negotiate | 1 - .2 = .8 (power does not move)       | .15        | .88                | .4 - .05  |
 * | progress  | .8                                      | .15 + .5   | .88                | .35       |
 * | challenge | .8 + .2 + (1 - .5) x .3 = 1.15          | .65 + .15  | .88 + .15 = 1.03   | .35 + .1  |
 */
const commands = [
  start('power_crisis', 1),
  choose(challenge, 2),
  act({ actionType: 'aggressive', successProbability: 0.65 }, 3),
  choose(negotiation, 4),
  progress({ progressDelta: 0.5, intensityDelta: 0.1 }, 5),
  choose(challenge, 6),
];

describe('the flow of the example story', () => {
  const { facts, states } = play(decider, commands);

  it('moves by the golden numbers', () => {
    const rows = states.slice(1).map(({ flow, tension }) => ({ ...flow, ...tension }));
    const flow = { phase: 'rising', pacingStyle: 'rapid_escalation' };
    expect(rows).toEqual([
      { ...flow, intensity: 0.6, momentum: 0.5, phaseProgress: 0, power: 0.6, social: 0.3 },
      { ...flow, intensity: 0.6, momentum: 0.775, phaseProgress: 0.15, power: 0.75, social: 0.4 },
      { ...flow, intensity: 0.7, momentum: 1, phaseProgress: 0.15, power: 0.88, social: 0.4, emotional: 0.065 },
      { ...flow, intensity: 0.7, momentum: 0.8, phaseProgress: 0.15, power: 0.88, social: 0.35, emotional: 0.065 },
      { ...flow, intensity: 0.8, momentum: 0.8, phaseProgress: 0.65, power: 0.88, social: 0.35, emotional: 0.065 },
      { ...flow, intensity: 0.8, momentum: 1, phaseProgress: 0.8, power: 1, social: 0.45, emotional: 0.065 },
    ]);
  });

  it('tells of the opening, of no other beat, and of one breaking point', () => {
    expect(facts.filter(({ type }) => type === 'DramaticBeatOccurred')).toMatchObject([
      { data: { beatType: 'moment', impact: 0, itemId: 'beat-1-c1' } },
    ]);
    expect(facts.filter(({ type }) => type === 'TensionBreakingPoint')).toMatchObject([
      { data: { tensionType: 'power', severity: 1, itemId: 'breaking-6-c1-power' } },
    ]);
  });

  it('counts the escalations of the phase', () => {
    expect(states.map(({ escalations }) => escalations)).toEqual([0, 0, 1, 1, 1, 1, 2]);
  });

  it('tells other services what a step did, before it is stored', () => {
    const [, begun] = states;
    if (begun === undefined) throw new Error('the story has begun');
    expect(movedBy(begun, decider.decide(choose(challenge), begun))).toEqual({
      flow: { phase: 'rising', pacingStyle: 'rapid_escalation', intensity: 0.6, momentum: 0.775, phaseProgress: 0.15 },
      tension: { power: 0.75, social: 0.4 },
      tensionChanges: [
        { tensionType: 'power', previousLevel: 0.6, newLevel: 0.75, delta: 0.15 },
        { tensionType: 'social', previousLevel: 0.3, newLevel: 0.4, delta: 0.1 },
      ],
      transition: null,
    });
  });
});
