import type { BeatType, Flow } from '@agon/contracts';

/** The beat that the moment calls for: the first rule that fits, at most once per type and phase. */
export function dueBeat(flow: Flow, told: readonly BeatType[]): BeatType | undefined {
  const due = beatOf(flow);
  return due === undefined || told.includes(due) ? undefined : due;
}

function beatOf({ intensity, phaseProgress }: Flow): BeatType | undefined {
  if (intensity > 0.8 && phaseProgress > 0.4 && phaseProgress < 0.7) return 'climax';
  if (phaseProgress > 0.9) return 'resolution';
  if (intensity < 0.3 && phaseProgress < 0.3) return 'exposition';
  if (intensity > 0.4 && intensity < 0.7 && phaseProgress > 0.3 && phaseProgress < 0.6) return 'complication';
  return undefined;
}
