import type { BeatType, Flow } from '@agon/contracts';
import { dueBeat } from './beats.ts';

const at = (intensity: number, phaseProgress: number): Flow => ({
  phase: 'rising',
  pacingStyle: 'steady',
  intensity,
  momentum: 0,
  phaseProgress,
});

describe('the beat that is due', () => {
  it.each<[number, number, BeatType | undefined]>([
    [0.801, 0.401, 'climax'],
    [0.801, 0.699, 'climax'],
    [0.8, 0.5, undefined],
    [0.9, 0.4, undefined],
    [0.9, 0.7, undefined],
    [0.5, 0.901, 'resolution'],
    [0.95, 0.95, 'resolution'],
    [0.5, 0.9, undefined],
    [0.299, 0.299, 'exposition'],
    [0.3, 0.1, undefined],
    [0.1, 0.3, undefined],
    [0.401, 0.301, 'complication'],
    [0.699, 0.599, 'complication'],
    [0.4, 0.5, undefined],
    [0.7, 0.5, undefined],
    [0.5, 0.6, undefined],
  ])('at intensity %d and progress %d is %s', (intensity, progress, expected) => {
    expect(dueBeat(at(intensity, progress), [])).toBe(expected);
  });

  it('is told once, whatever else was told', () => {
    expect(dueBeat(at(0.1, 0.1), ['climax', 'moment'])).toBe('exposition');
    expect(dueBeat(at(0.1, 0.1), ['moment', 'exposition'])).toBeUndefined();
  });
});
