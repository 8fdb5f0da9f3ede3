import type {
  ActionType,
  Phase,
  Stance,
  TensionChange,
  TensionLevels,
  TensionType,
  TensionWord,
} from '@agon/contracts';
import { TENSION_TYPES } from '@agon/contracts';
import { clamp01, clampSigned } from '@agon/narrative';

/** Tension of one conflict: levels 0..1 on nine axes. An axis that is not named stands at 0. */

/** Additions per axis, in -1..1. */
export type TensionDeltas = Partial<Record<TensionType, number>>;

/** Start levels by a word in the conflict type; the first that fits. */
const START: readonly (readonly [word: string, levels: TensionLevels])[] = [
  ['power', { power: 0.6, social: 0.3 }],
  ['social', { social: 0.7, emotional: 0.4 }],
  ['romantic', { romantic: 0.5, emotional: 0.5 }],
  ['economic', { economic: 0.8, power: 0.3 }],
  ['ideological', { ideological: 0.7, social: 0.4 }],
];
const START_OTHERWISE: TensionLevels = { emotional: 0.4, social: 0.3 };

const BY_STANCE: Record<Stance, TensionDeltas> = {
  yield: { power: -0.1, emotional: 0.05 },
  resist: { power: 0.15, social: 0.1 },
  negotiate: { social: -0.05 },
  neutral: {},
};

/** What an act does at success probability 1. */
const BY_ACT: Partial<Record<ActionType, TensionDeltas>> = {
  aggressive: { power: 0.2, emotional: 0.1 },
  diplomatic: { social: -0.1, power: -0.05 },
  manipulative: { social: 0.15, emotional: 0.1 },
};

const CLIMAX_RISE = 0.2;
const RESOLUTION_RELIEF = -0.3;
const BREAKING = 1;

export const startLevels = (conflictType: string): TensionLevels =>
  START.find(([word]) => conflictType.includes(word))?.[1] ?? START_OTHERWISE;

export const byStance = (stance: Stance): TensionDeltas => BY_STANCE[stance];

/** Scaled by the act's success probability (0..1). */
export const byAct = (actionType: ActionType, successProbability: number): TensionDeltas =>
  mapDeltas(BY_ACT[actionType] ?? {}, (delta) => delta * successProbability);

/** A climax raises every axis, a resolution relieves every axis, a conflict that starts to rise stirs two. */
export function byPhase(from: Phase, to: Phase): TensionDeltas {
  if (to === 'climax') return onEveryAxis(CLIMAX_RISE);
  if (to === 'resolution') return onEveryAxis(RESOLUTION_RELIEF);
  if (from === 'emerging' && to === 'rising') return { emotional: 0.1, social: 0.1 };
  return {};
}

/** The levels after the additions, and every axis that really moved. */
export function shift(
  levels: TensionLevels,
  deltas: TensionDeltas,
): { levels: TensionLevels; changes: TensionChange[] } {
  const changes = TENSION_TYPES.flatMap((tensionType) => {
    const previousLevel = levels[tensionType] ?? 0;
    const newLevel = clamp01(previousLevel + (deltas[tensionType] ?? 0));
    const delta = clampSigned(newLevel - previousLevel);
    return delta === 0 ? [] : [{ tensionType, previousLevel, newLevel, delta }];
  });
  const moved = Object.fromEntries(changes.map(({ tensionType, newLevel }) => [tensionType, newLevel]));
  return { levels: { ...levels, ...moved }, changes };
}

/** The highest axis; of equals the first in the vocabulary. None when nothing is tense. */
export function dominant(levels: TensionLevels): { tensionType: TensionType; level: number } | undefined {
  const ranked = TENSION_TYPES.map((tensionType) => ({ tensionType, level: levels[tensionType] ?? 0 }));
  const highest = ranked.toSorted((a, b) => b.level - a.level)[0];
  return highest === undefined || highest.level === 0 ? undefined : highest;
}

/** An axis breaks when it reaches 1 from below. */
export const breaks = ({ previousLevel, newLevel }: TensionChange): boolean =>
  previousLevel < BREAKING && newLevel >= BREAKING;

/** The word for a score of 0..1. */
export function tensionWord(score: number): TensionWord {
  if (score < 0.2) return 'baseline';
  if (score < 0.4) return 'simmering';
  if (score < 0.6) return 'rising';
  if (score < 0.8) return 'high';
  return 'critical';
}

const onEveryAxis = (delta: number): TensionDeltas =>
  Object.fromEntries(TENSION_TYPES.map((tensionType) => [tensionType, delta]));

const mapDeltas = (deltas: TensionDeltas, change: (delta: number) => number): TensionDeltas =>
  Object.fromEntries(Object.entries(deltas).map(([axis, delta]) => [axis, change(delta)]));
