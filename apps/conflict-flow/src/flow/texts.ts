import type { BeatType, DataOf, Phase, TensionChange, TransitionType } from '@agon/contracts';
import { type Telling, pickText } from '@agon/narrative';

/** The sentences of the flow. Template beats colour the moment and move nothing: their impact is 0. */

export function tellBeat(
  { pack, random, ordinal }: Telling,
  used: readonly string[],
  { conflictId, beatType, phase }: { conflictId: string; beatType: BeatType; phase: Phase },
): DataOf<'DramaticBeatOccurred'> {
  const text = pickText(pack, { kind: 'beat', facts: { beatType, phase }, params: {}, used, random });
  return { conflictId, itemId: `beat-${ordinal}-${conflictId}`, beatType, impact: 0, text };
}

export function tellTransition(
  { pack, random, ordinal }: Telling,
  used: readonly string[],
  of: { conflictId: string; fromPhase: Phase; toPhase: Phase; reversed: boolean; transitionType: TransitionType },
): DataOf<'PhaseTransitioned'> {
  const { conflictId, fromPhase, toPhase, transitionType } = of;
  const facts = { fromPhase, toPhase, direction: of.reversed ? 'reversed' : 'forward' } as const;
  const text = pickText(pack, { kind: 'transition', facts, params: {}, used, random });
  return { conflictId, itemId: `transition-${ordinal}-${conflictId}`, fromPhase, toPhase, transitionType, text };
}

export function tellBreakingPoint(
  { pack, random, ordinal }: Telling,
  used: readonly string[],
  { conflictId, change: { tensionType, newLevel } }: { conflictId: string; change: TensionChange },
): DataOf<'TensionBreakingPoint'> {
  const text = pickText(pack, { kind: 'breaking-point.trigger', facts: { tensionType }, params: {}, used, random });
  const consequence = (told: readonly string[]) =>
    pickText(pack, { kind: 'breaking-point.consequence', facts: { tensionType }, params: {}, used: told, random });
  const choice = (approach: 'confront' | 'compromise' | 'step-away') =>
    pickText(pack, { kind: 'breaking-point.choice', facts: { tensionType, approach }, params: {}, used, random });
  const first = consequence(used);
  return {
    conflictId,
    itemId: `breaking-${ordinal}-${conflictId}-${tensionType}`,
    tensionType,
    severity: newLevel,
    text,
    consequences: [first, consequence([...used, first.key])],
    choices: [choice('confront'), choice('compromise'), choice('step-away')],
  };
}
