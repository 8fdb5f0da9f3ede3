import { ActionType, type Flow } from '@agon/contracts';
import { challenge, choice, negotiation } from '../../test/story.ts';
import { move, pushOfAct, pushOfChoice, startFlow, turnTo } from './movement.ts';

const still: Flow = { phase: 'rising', pacingStyle: 'steady', intensity: 0.5, momentum: 0, phaseProgress: 0 };
const nothing = { intensity: 0, momentum: 0, progress: 0, tension: {}, because: [] };

describe('a movement', () => {
  it.each([
    ['interpersonal_crisis', 'emerging', 'slow_burn', 0.3, 0.2],
    ['power_crisis', 'rising', 'rapid_escalation', 0.6, 0.5],
    ['urgent_matter', 'rising', 'rapid_escalation', 0.6, 0.5],
    ['feud', 'seeds', 'steady', 0.2, 0.1],
  ])('of %s starts in %s', (conflictType, phase, pacingStyle, intensity, momentum) => {
    expect(startFlow(conflictType)).toEqual({ phase, pacingStyle, intensity, momentum, phaseProgress: 0 });
  });

  it('is pushed forward by escalation, back by de-escalation, and by nothing else of a choice', () => {
    expect(pushOfChoice(challenge)).toMatchObject({ intensity: 0, momentum: 0.2, progress: 0.15 });
    expect(pushOfChoice(negotiation)).toMatchObject({ intensity: 0, momentum: -0.2, progress: 0 });
    expect(pushOfChoice(choice({ choiceType: 'aggressive' }))).toEqual({ ...nothing, because: ['stance.neutral'] });
  });

  it('says why', () => {
    expect(pushOfChoice(challenge).because).toEqual(['stance.resist', 'choice.escalate']);
    expect(move(still, { power: 0.6 }, pushOfChoice(challenge)).because).toEqual([
      'stance.resist',
      'choice.escalate',
      'tension.power drives momentum 0.075',
    ]);
  });

  it('by an act moves the flow in full, whatever its chance of success', () => {
    const pushes = ActionType.options.map((type) => [type, pushOfAct(type, 0).intensity, pushOfAct(type, 1).momentum]);
    expect(pushes).toEqual([
      ['aggressive', 0.1, 0.15],
      ['defensive', 0, 0],
      ['diplomatic', 0, 0.05],
      ['manipulative', 0, 0],
      ['supportive', 0, 0.05],
      ['evasive', 0, -0.3],
      ['observant', 0, 0],
      ['strategic', 0, 0],
    ]);
  });

  it('stays within its bounds', () => {
    const push = { ...nothing, intensity: 1, momentum: 1, progress: -1 };
    expect(move({ ...still, momentum: 0.9 }, {}, push).flow).toMatchObject({
      intensity: 1,
      momentum: 1,
      phaseProgress: 0,
    });
    expect(move(still, {}, { ...nothing, intensity: -1, momentum: -1 }).flow).toMatchObject({
      intensity: 0,
      momentum: -1,
    });
  });

  it('is slowed by a leading axis that falls below the middle', () => {
    const { flow } = move(still, { social: 0.4 }, { ...nothing, tension: { social: -0.1 } });
    expect(flow.momentum).toBe(-0.06);
  });

  it('decides the direction of a phase by the momentum that tension has driven', () => {
    const falling: Flow = { ...still, momentum: -0.55 };
    const push = { ...nothing, progress: 1 };
    expect(move(falling, { power: 0.75 }, push).transition).toMatchObject({ toPhase: 'emerging', reversed: true });
    expect(move(falling, { power: 0.75 }, { ...push, tension: { power: 0.2 } }).transition).toMatchObject({
      toPhase: 'confrontation',
      reversed: false,
    });
  });

  it('can be to a phase whatever the progress', () => {
    expect(turnTo(still, { power: 0.5 }, 'aftermath', 'conflict.resolved')).toEqual({
      flow: { ...still, phase: 'aftermath' },
      tension: { power: 0.5 },
      changes: [],
      transition: { fromPhase: 'rising', toPhase: 'aftermath', reversed: false },
      because: ['conflict.resolved', 'phase.rising>aftermath'],
    });
  });
});
