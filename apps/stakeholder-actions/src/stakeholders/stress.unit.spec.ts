import type { Phase, Role } from '@agon/contracts';
import { maren, moved, stakeholder } from '../../test/story.ts';
import { adaptedRole, strainOfTension } from './stress.ts';

describe('stress', () => {
  it('grows by every axis that moved and stands above 0.7', () => {
    expect(strainOfTension([])).toBe(0);
    expect(strainOfTension([moved('power', 0.6, 0.7)])).toBe(0);
    expect(strainOfTension([moved('power', 0.6, 0.701)])).toBe(0.05);
    expect(strainOfTension([moved('power', 1, 0.9), moved('social', 0, 0.8), moved('vital', 0.9, 0.2)])).toBe(0.1);
  });

  it.each<[Role, number, number, Phase, Role | undefined]>([
    ['bystander', 0.851, 0, 'falling', 'victim'],
    ['bystander', 0.85, 0, 'falling', undefined],
    ['bystander', 0.9, 0.9, 'climax', 'victim'],
    ['bystander', 0.3, 0.601, 'climax', 'defender'],
    ['bystander', 0.3, 0.6, 'climax', undefined],
    ['bystander', 0.3, 0.9, 'falling', undefined],
    ['escalator', 0.3, 0.6, 'resolution', 'peacemaker'],
    ['escalator', 0.3, 0.6, 'climax', undefined],
    ['defender', 0.9, 0.9, 'climax', undefined],
  ])('of a %s at %d with commitment %d makes in %s a %s', (role, stress, commitment, toPhase, expected) => {
    expect(adaptedRole(stakeholder(maren, role, { stress, commitment }), toPhase)).toBe(expected);
  });
});
