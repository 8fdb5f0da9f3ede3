import { TENSION_TYPES } from '@agon/contracts';
import { givenOf, play } from '@agon/testing';
import { act, began, choose, end, progress, start, tense, told, turned } from '../../test/flow-facts.ts';
import { challenge, choice, negotiation } from '../../test/story.ts';
import { type FlowCommand, decider, movedBy } from './flow.ts';

const given = givenOf(decider);
const escalation = choice({ impact: { escalate: true } });

const moves: readonly (readonly [string, FlowCommand])[] = [
  ['a choice', choose(challenge)],
  ['progress', progress({ progressDelta: 0.5 })],
  ['an act', act({ actionType: 'aggressive', successProbability: 1 })],
  ['the end', end()],
];

describe('a flow', () => {
  it('begins as its type wants it, with its tension and an opening beat', () => {
    given()
      .when(start('power_crisis'))
      .then([
        { type: 'FlowInitialized', data: { phase: 'rising', intensity: 0.6, momentum: 0.5, phaseProgress: 0 } },
        { type: 'TensionChanged', data: { tensionType: 'power', previousLevel: 0, newLevel: 0.6, delta: 0.6 } },
        { type: 'TensionChanged', data: { tensionType: 'social', newLevel: 0.3, reason: 'conflict_creation' } },
        { type: 'DramaticBeatOccurred', data: { beatType: 'moment', impact: 0 } },
      ]);
  });

  it('stays quiet when it has begun already', () => {
    given(began()).when(start('power_crisis')).thenNothing();
  });

  it.each(moves)('stays quiet at %s before it began, and moves nothing', (_, command) => {
    given().when(command).thenNothing();
    expect(movedBy(decider.initialState(), [])).toBeNull();
  });

  it('stays quiet at a choice that means nothing to it', () => {
    given(began()).when(choose(choice())).thenNothing();
  });

  it.each([
    ['momentum', began({ momentum: 1, phaseProgress: 0.5 }), progress({ momentumDelta: 1 })],
    ['momentum', began({ momentum: -1 }), act({ actionType: 'evasive', successProbability: 1 })],
    ['intensity', began({ intensity: 1, phaseProgress: 0.8 }), progress({ intensityDelta: 0.1 })],
  ])('stays quiet where %s has come to its end', (_, past, command) => {
    given(past).when(command).thenNothing();
  });

  it('counts an escalation even where no number moves any more', () => {
    given(began({ phase: 'aftermath', momentum: 1, phaseProgress: 1 }), told('resolution'))
      .when(choose(escalation))
      .then([{ type: 'FlowAdjusted', data: { momentum: 1, phaseProgress: 1, escalation: true } }]);
  });

  it('is driven by the axis that leads, and by that one only when it moves', () => {
    given(began(), tense('power', 0.6), tense('social', 0.3))
      .when(choose(choice({ stance: 'negotiate' })))
      .then([{ type: 'TensionChanged', data: { tensionType: 'social', newLevel: 0.25, reason: 'choice' } }]);
    given(began(), tense('social', 0.6))
      .when(choose(choice({ stance: 'negotiate' })))
      .then([
        { type: 'FlowAdjusted', data: { momentum: 0.015, escalation: false } },
        { type: 'TensionChanged', data: { tensionType: 'social', newLevel: 0.55 } },
      ]);
  });

  it('can run backwards by choices alone', () => {
    const { states } = play(decider, [start('unrest', 1), ...[2, 3, 4, 5, 6, 7].map((n) => choose(negotiation, n))]);
    expect(states.at(-1)?.flow?.momentum).toBeLessThan(-0.5);
  });

  describe('turns its phase when progress is complete', () => {
    it('with progress at 0 again, and a text that says so', () => {
      given(began({ phaseProgress: 0.9 }))
        .when(choose(escalation))
        .then([
          { type: 'FlowAdjusted', data: { phase: 'confrontation', phaseProgress: 0, escalation: true } },
          {
            type: 'PhaseTransitioned',
            data: {
              fromPhase: 'rising',
              toPhase: 'confrontation',
              transitionType: 'natural',
              itemId: 'transition-2-c1',
            },
          },
        ]);
    });

    it('counting escalations and beats afresh', () => {
      const { states } = play(decider, [start('crisis', 1), choose(escalation, 2), progress({ progressDelta: 1 }, 3)]);
      expect(states.map(({ escalations, told }) => [escalations, told])).toEqual([
        [0, []],
        [0, ['moment']],
        [1, ['moment']],
        [0, []],
      ]);
    });

    it('not a thousandth sooner', () => {
      given(began({ phaseProgress: 0.849 }), told('resolution'))
        .when(choose(escalation))
        .then([{ type: 'FlowAdjusted', data: { phase: 'rising', phaseProgress: 0.999 } }]);
    });

    it.each([
      ['natural', choose(escalation)],
      ['triggered', progress({ progressDelta: 1 })],
    ] as const)('%s', (transitionType, command) => {
      given(began({ phaseProgress: 0.85 }))
        .when(command)
        .then([{ type: 'FlowAdjusted' }, { type: 'PhaseTransitioned', data: { transitionType } }]);
    });

    it('backwards below a momentum of -0.5', () => {
      given(began({ momentum: -0.501 }))
        .when(progress({ progressDelta: 1 }))
        .then([
          { type: 'FlowAdjusted', data: { phase: 'emerging', phaseProgress: 0 } },
          { type: 'PhaseTransitioned', data: { toPhase: 'emerging', transitionType: 'reversed' } },
        ]);
    });

    it('stirring every axis at the climax', () => {
      given(began({ phase: 'confrontation' }), tense('power', 0.75))
        .when(progress({ progressDelta: 1 }))
        .then([
          { type: 'FlowAdjusted', data: { phase: 'climax', momentum: 0.135 } },
          ...TENSION_TYPES.map((tensionType) => {
            const newLevel = tensionType === 'power' ? 0.95 : 0.2;
            return { type: 'TensionChanged', data: { tensionType, newLevel, reason: 'progress' } } as const;
          }),
          { type: 'PhaseTransitioned' },
        ]);
    });

    it('relieving every axis at the resolution', () => {
      given(began({ phase: 'falling' }), tense('power', 0.75), tense('social', 0.2))
        .when(progress({ progressDelta: 1 }))
        .then([
          { type: 'FlowAdjusted', data: { phase: 'resolution', momentum: -0.015 } },
          { type: 'TensionChanged', data: { tensionType: 'power', newLevel: 0.45, delta: -0.3 } },
          { type: 'TensionChanged', data: { tensionType: 'social', newLevel: 0, delta: -0.2 } },
          { type: 'PhaseTransitioned' },
        ]);
    });

    it('telling one change per axis when choice and phase move the same one', () => {
      const changes = given(began({ phase: 'confrontation', phaseProgress: 0.9 }), tense('power', 0.2))
        .when(choose(challenge))
        .facts()
        .flatMap((fact) => (fact.type === 'TensionChanged' && fact.data.tensionType === 'power' ? [fact.data] : []));
      expect(changes).toMatchObject([{ previousLevel: 0.2, newLevel: 0.55, delta: 0.35 }]);
    });

    it('but not out of the aftermath', () => {
      given(began({ phase: 'aftermath', phaseProgress: 0.9 }), told('resolution'))
        .when(progress({ progressDelta: 0.5 }))
        .then([{ type: 'FlowAdjusted', data: { phase: 'aftermath', phaseProgress: 1 } }]);
    });
  });

  describe('breaks', () => {
    it('when an axis reaches 1, with two consequences and three ways out', () => {
      const [breaking] = given(began(), tense('power', 0.9))
        .when(choose(choice({ stance: 'resist' })))
        .facts()
        .flatMap((fact) => (fact.type === 'TensionBreakingPoint' ? [fact.data] : []));
      expect(breaking).toMatchObject({ tensionType: 'power', severity: 1, itemId: 'breaking-2-c1-power' });
      expect(new Set(breaking?.consequences.map(({ key }) => key)).size).toBe(2);
      expect(breaking?.choices).toHaveLength(3);
    });

    it('once only, as long as the axis stays there', () => {
      given(began(), tense('power', 1), tense('social', 0.2))
        .when(choose(choice({ stance: 'resist' })))
        .then([{ type: 'TensionChanged', data: { tensionType: 'social' } }]);
    });

    it('again, when the axis comes from below again', () => {
      const types = given(began(), tense('power', 1), tense('power', 0.9, 1))
        .when(choose(choice({ stance: 'resist' })))
        .facts()
        .map(({ type }) => type);
      expect(types.filter((type) => type === 'TensionBreakingPoint')).toHaveLength(1);
    });
  });

  describe('tells a beat', () => {
    const calm = { intensity: 0.25, phaseProgress: 0.1 };

    it('that the moment calls for, without moving anything', () => {
      given(began(calm))
        .when(choose(choice()))
        .then([{ type: 'DramaticBeatOccurred', data: { beatType: 'exposition', impact: 0, itemId: 'beat-2-c1' } }]);
    });

    it('at most once per phase', () => {
      given(began(calm), told('exposition')).when(choose(choice())).thenNothing();
    });

    it('again in the next phase', () => {
      given(began(calm), told('exposition'), turned('rising', 'confrontation'))
        .when(choose(choice()))
        .then([{ type: 'DramaticBeatOccurred', data: { beatType: 'exposition' } }]);
    });

    it('of the phase that it has just turned to', () => {
      given(began({ intensity: 0.2, phaseProgress: 0.9 }), told('exposition'))
        .when(choose(escalation))
        .then([
          { type: 'FlowAdjusted' },
          { type: 'PhaseTransitioned' },
          { type: 'DramaticBeatOccurred', data: { beatType: 'exposition' } },
        ]);
    });
  });

  describe('ends', () => {
    it('in the aftermath from wherever it stands, without a beat', () => {
      given(began({ phase: 'seeds', intensity: 0.1, phaseProgress: 0.4 }))
        .when(end())
        .then([
          { type: 'FlowAdjusted', data: { phase: 'aftermath', phaseProgress: 0 } },
          { type: 'PhaseTransitioned', data: { fromPhase: 'seeds', toPhase: 'aftermath', transitionType: 'forced' } },
        ]);
    });

    it('quietly when it is there already', () => {
      given(began({ phase: 'aftermath' }))
        .when(end())
        .thenNothing();
    });
  });
});
