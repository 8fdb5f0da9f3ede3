import { reputationChanges } from './reputation.ts';

describe('reputation', () => {
  it.each([
    ['betray', { trustworthy: 0.2, dangerous: 0.7, scandalous: 0.7 }],
    ['support', { trustworthy: 0.6, nurturing: 0.6, influential: 0.6 }],
    ['oppose', { rebellious: 0.7, deferential: 0.3 }],
    ['victory', { influential: 0.7, dangerous: 0.6 }],
    ['defeat', { influential: 0.4, deferential: 0.6 }],
  ] as const)('after %s, from 0.5 where nothing was known', (cause, scores) => {
    const changes = reputationChanges(undefined, cause);
    expect(Object.fromEntries(changes.map(({ trait, score }) => [trait, score]))).toEqual(scores);
    expect(changes.every(({ previousScore }) => previousScore === 0.5)).toBe(true);
  });

  it('goes on from what is known', () => {
    expect(reputationChanges({ influential: 0.15, deferential: 0.3 }, 'defeat')).toEqual([
      { trait: 'influential', previousScore: 0.15, score: 0.05 },
      { trait: 'deferential', previousScore: 0.3, score: 0.4 },
    ]);
  });

  it('stops at its limits, and leaves out what stands there', () => {
    expect(reputationChanges({ trustworthy: 0.1, dangerous: 1, scandalous: 0.95 }, 'betray')).toEqual([
      { trait: 'trustworthy', previousScore: 0.1, score: 0 },
      { trait: 'scandalous', previousScore: 0.95, score: 1 },
    ]);
    expect(reputationChanges({ rebellious: 1, deferential: 0 }, 'oppose')).toEqual([]);
  });
});
