import type { Phase, Role, TensionChange } from '@agon/contracts';
import type { Stakeholder } from './joining.ts';

/** From here (0..1) a stakeholder breaks. */
export const BREAKING_STRESS = 0.9;
/** What breaking relieves. */
export const BREAKING_RELIEF = 0.5;

const TENSE_LEVEL = 0.7;
const STRESS_PER_TENSE_AXIS = 0.05;

/** Every axis that moved and stands above 0.7 strains everyone. */
export const strainOfTension = (changes: readonly TensionChange[]): number =>
  changes.filter(({ newLevel }) => newLevel > TENSE_LEVEL).length * STRESS_PER_TENSE_AXIS;

/** The role that a new phase pushes a stakeholder into, if any. */
export function adaptedRole({ role, stress, commitment }: Stakeholder, toPhase: Phase): Role | undefined {
  if (role === 'bystander' && stress > 0.85) return 'victim';
  if (role === 'escalator' && toPhase === 'resolution') return 'peacemaker';
  if (role === 'bystander' && toPhase === 'climax' && commitment > 0.6) return 'defender';
  return undefined;
}
