import type { Reputation, ReputationTrait, SocialAct, TraitChange } from '@agon/contracts';
import { clamp01 } from '@agon/narrative';

/** Where a trait stands (0..1) before anyone has an opinion. */
const NEUTRAL = 0.5;

export type ReputationCause = SocialAct | 'victory' | 'defeat';

/** What an act or an outcome does to the standing of the one who acted, won or lost. */
const DELTAS: Record<ReputationCause, readonly (readonly [ReputationTrait, number])[]> = {
  betray: [
    ['trustworthy', -0.3],
    ['dangerous', 0.2],
    ['scandalous', 0.2],
  ],
  support: [
    ['trustworthy', 0.1],
    ['nurturing', 0.1],
    ['influential', 0.1],
  ],
  oppose: [
    ['rebellious', 0.2],
    ['deferential', -0.2],
  ],
  victory: [
    ['influential', 0.2],
    ['dangerous', 0.1],
  ],
  defeat: [
    ['influential', -0.1],
    ['deferential', 0.1],
  ],
};

/** The traits that really move; none when they already stand at their limit. */
export const reputationChanges = (known: Reputation | undefined, cause: ReputationCause): TraitChange[] =>
  DELTAS[cause].flatMap(([trait, delta]) => {
    const previousScore = known?.[trait] ?? NEUTRAL;
    const score = clamp01(previousScore + delta);
    return score === previousScore ? [] : [{ trait, previousScore, score }];
  });
