import { type Choice, ChoiceType, Role } from '@agon/contracts';
import { random } from '@agon/narrative';
import { choice, maren, stakeholder } from '../../test/story.ts';
import { reactionOf, reacts, strain } from './reacting.ts';

/** How often of 2000 times. */
const frequency = (who: ReturnType<typeof stakeholder>, of: Choice): number => {
  const draws = random({ storySeed: 'tide', inputSequence: 1, stream: 'stakeholders-c1', n: 0 });
  return Array.from({ length: 2000 }, () => reacts(who, of, draws)).filter(Boolean).length / 2000;
};
const addressed = choice({ targetNpcId: maren.npcId });

describe('reacting', () => {
  it.each(Role.options)('is certain for a %s who is addressed', (role) => {
    expect(frequency(stakeholder(maren, role, { commitment: 0 }), addressed)).toBe(1);
  });

  it.each(Role.options)('of a %s who is not goes by role and commitment', (role) => {
    const expected = role === 'mediator' || role === 'instigator' ? 1 : 0.4;
    // Three standard deviations of 2000 draws are 0.033; the seed is fixed, so this never flakes.
    expect(Math.abs(frequency(stakeholder(maren, role, { commitment: 0.4 }), choice()) - expected)).toBeLessThan(0.033);
  });

  it.each([
    ['aggressive', 0.1],
    ['confrontational', 0.1],
    ['escalating', 0.1],
    ['diplomatic', 0],
    ['supportive', 0],
    ['manipulative', 0],
    ['evasive', 0],
    ['neutral', 0],
  ] as const)('to what is %s strains by %d', (choiceType, expected) => {
    expect(strain(choice({ choiceType }))).toBe(expected);
  });

  it('suits the role and whether one is addressed', () => {
    const hostile = { choiceType: 'confrontational', targetNpcId: maren.npcId } as const;
    expect(reactionOf(stakeholder(maren, 'instigator'), choice(hostile))).toEqual({
      reactionType: 'escalate',
      emotionalResponse: 'angry',
    });
    expect(reactionOf(stakeholder(maren, 'opportunist'), choice({ ...hostile, targetNpcId: '12' }))).toEqual({
      reactionType: 'observe',
      emotionalResponse: 'neutral',
    });
    expect(reactionOf(stakeholder(maren, 'victim'), choice({ choiceType: 'supportive', targetNpcId: '11' }))).toEqual({
      reactionType: 'support',
      emotionalResponse: 'relieved',
    });
  });

  it('never makes a peacemaker fan the flames, nor an instigator soothe them', () => {
    for (const choiceType of ChoiceType.options) {
      for (const targetNpcId of ['11', '12']) {
        const of = choice({ choiceType, targetNpcId });
        expect(['counter', 'escalate']).not.toContain(reactionOf(stakeholder(maren, 'peacemaker'), of).reactionType);
        expect(['support', 'de-escalate']).not.toContain(reactionOf(stakeholder(maren, 'instigator'), of).reactionType);
      }
    }
  });
});
