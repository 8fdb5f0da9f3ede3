import { type Phase, TENSION_TYPES } from '@agon/contracts';
import { breaks, byAct, byPhase, byStance, dominant, shift, startLevels, tensionWord } from './tension.ts';

describe('tension', () => {
  it.each([
    ['power_crisis', { power: 0.6, social: 0.3 }],
    ['social', { social: 0.7, emotional: 0.4 }],
    ['romantic_rivalry', { romantic: 0.5, emotional: 0.5 }],
    ['economic', { economic: 0.8, power: 0.3 }],
    ['ideological', { ideological: 0.7, social: 0.4 }],
    ['social_power', { power: 0.6, social: 0.3 }],
    ['feud', { emotional: 0.4, social: 0.3 }],
  ])('of %s starts as the first word that fits wants it', (conflictType, levels) => {
    expect(startLevels(conflictType)).toEqual(levels);
  });

  it.each([
    ['yield', { power: -0.1, emotional: 0.05 }],
    ['resist', { power: 0.15, social: 0.1 }],
    ['negotiate', { social: -0.05 }],
    ['neutral', {}],
  ] as const)('is moved by the stance %s', (stance, deltas) => {
    expect(byStance(stance)).toEqual(deltas);
  });

  it.each([
    ['aggressive', { power: 0.1, emotional: 0.05 }],
    ['diplomatic', { social: -0.05, power: -0.025 }],
    ['manipulative', { social: 0.075, emotional: 0.05 }],
    ['supportive', {}],
  ] as const)('is moved by half of what an act does that is %s and half likely', (actionType, deltas) => {
    expect(byAct(actionType, 0.5)).toEqual(deltas);
  });

  it.each<[Phase, Phase, number]>([
    ['confrontation', 'climax', 0.2],
    ['falling', 'resolution', -0.3],
  ])('moves on every axis from %s to %s by %d', (from, to, delta) => {
    expect(byPhase(from, to)).toEqual(Object.fromEntries(TENSION_TYPES.map((axis) => [axis, delta])));
  });

  it('stirs two axes when a conflict starts to rise, and none when it falls back to rising', () => {
    expect(byPhase('emerging', 'rising')).toEqual({ emotional: 0.1, social: 0.1 });
    expect(byPhase('confrontation', 'rising')).toEqual({});
    expect(byPhase('climax', 'confrontation')).toEqual({});
  });

  it('stays within 0 and 1, and tells only what moved', () => {
    expect(shift({ power: 0.95, social: 0.05, emotional: 1 }, { power: 0.2, social: -0.2, emotional: 0.1 })).toEqual({
      levels: { power: 1, social: 0, emotional: 1 },
      changes: [
        { tensionType: 'power', previousLevel: 0.95, newLevel: 1, delta: 0.05 },
        { tensionType: 'social', previousLevel: 0.05, newLevel: 0, delta: -0.05 },
      ],
    });
  });

  it('is led by the highest axis, of equals by the first in the vocabulary', () => {
    expect(dominant({ emotional: 0.5, romantic: 0.5, social: 0.4 })).toEqual({ tensionType: 'romantic', level: 0.5 });
    expect(dominant({})).toBeUndefined();
    expect(dominant({ power: 0 })).toBeUndefined();
  });

  it.each([
    [0.999, 1, true],
    [1, 1, false],
    [0.5, 0.999, false],
    [1, 0.9, false],
  ])('from %d to %d breaks: %s', (previousLevel, newLevel, expected) => {
    expect(breaks({ tensionType: 'power', previousLevel, newLevel, delta: 0 })).toBe(expected);
  });

  it.each([
    [0, 'baseline'],
    [0.199, 'baseline'],
    [0.2, 'simmering'],
    [0.4, 'rising'],
    [0.6, 'high'],
    [0.799, 'high'],
    [0.8, 'critical'],
    [1, 'critical'],
  ])('of %d is called %s', (score, word) => {
    expect(tensionWord(score)).toBe(word);
  });
});
