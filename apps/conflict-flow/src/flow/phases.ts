import type { Phase } from '@agon/contracts';
import { PHASES } from '@agon/contracts';

/** Below this momentum a conflict runs backwards where it can. */
const REVERSAL_MOMENTUM = -0.5;

const BACKWARDS: Partial<Record<Phase, Phase>> = {
  rising: 'emerging',
  confrontation: 'rising',
  climax: 'confrontation',
};

/** The phase that follows when progress is complete; aftermath stays. */
export function nextPhase(phase: Phase, momentum: number): { toPhase: Phase; reversed: boolean } {
  const back = BACKWARDS[phase];
  if (momentum < REVERSAL_MOMENTUM && back !== undefined) return { toPhase: back, reversed: true };
  return { toPhase: PHASES[PHASES.indexOf(phase) + 1] ?? phase, reversed: false };
}
