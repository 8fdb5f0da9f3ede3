import type { BeatType, Flow, Phase, TensionType } from '@agon/contracts';
import type { FlowCommand, FlowEvent } from '../src/flow/flow.ts';
import { telling } from './story.ts';

/** Facts and commands of a flow, as short as its specs want them. */

const conflictId = 'c1';
const text = { key: 'any', params: {}, text: 'Something was told.' };

/** A rising conflict at rest, but for what is given. */
export const began = (of: Partial<Flow> = {}): FlowEvent => ({
  type: 'FlowInitialized',
  data: {
    conflictId,
    phase: 'rising',
    pacingStyle: 'steady',
    intensity: 0.35,
    momentum: 0,
    phaseProgress: 0,
    ...of,
  },
});

export const tense = (tensionType: TensionType, newLevel: number, previousLevel = 0): FlowEvent => ({
  type: 'TensionChanged',
  data: { conflictId, tensionType, previousLevel, newLevel, delta: newLevel - previousLevel, reason: 'choice' },
});

export const told = (beatType: BeatType): FlowEvent => ({
  type: 'DramaticBeatOccurred',
  data: { conflictId, itemId: `beat-${beatType}`, beatType, impact: 0, text },
});

export const turned = (fromPhase: Phase, toPhase: Phase): FlowEvent => ({
  type: 'PhaseTransitioned',
  data: { conflictId, itemId: 'turn', fromPhase, toPhase, transitionType: 'natural', text },
});

type Of<Type extends FlowCommand['type']> = Omit<
  Extract<FlowCommand, { type: Type }>,
  'conflictId' | 'telling' | 'type'
>;

export const start = (conflictType: string, ordinal = 1): FlowCommand => ({
  type: 'StartFlow',
  conflictId,
  conflictType,
  telling: telling(ordinal),
});

export const choose = (choice: Of<'MoveByChoice'>['choice'], ordinal = 2): FlowCommand => ({
  type: 'MoveByChoice',
  conflictId,
  choice,
  telling: telling(ordinal),
});

export const progress = (of: Partial<Of<'MoveByProgress'>>, ordinal = 2): FlowCommand => ({
  type: 'MoveByProgress',
  conflictId,
  intensityDelta: 0,
  momentumDelta: 0,
  progressDelta: 0,
  ...of,
  telling: telling(ordinal),
});

export const act = (of: Of<'MoveByAct'>, ordinal = 2): FlowCommand => ({
  type: 'MoveByAct',
  conflictId,
  ...of,
  telling: telling(ordinal),
});

export const end = (ordinal = 2): FlowCommand => ({ type: 'EndFlow', conflictId, telling: telling(ordinal) });
