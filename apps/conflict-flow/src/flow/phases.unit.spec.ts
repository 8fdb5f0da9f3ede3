import { PHASES } from '@agon/contracts';
import { nextPhase } from './phases.ts';

describe('the next phase', () => {
  it('follows in order, and the aftermath stays', () => {
    const next = PHASES.map((phase) => nextPhase(phase, 0).toPhase);
    expect(next).toEqual([...PHASES.slice(1), 'aftermath']);
  });

  it.each([
    ['rising', 'emerging'],
    ['confrontation', 'rising'],
    ['climax', 'confrontation'],
  ] as const)('runs from %s back to %s below a momentum of -0.5', (phase, toPhase) => {
    expect(nextPhase(phase, -0.501)).toEqual({ toPhase, reversed: true });
    expect(nextPhase(phase, -0.5).reversed).toBe(false);
  });

  it.each(['seeds', 'emerging', 'falling', 'resolution', 'aftermath'] as const)('never runs back from %s', (phase) => {
    expect(nextPhase(phase, -1)).toEqual(nextPhase(phase, 1));
  });
});
