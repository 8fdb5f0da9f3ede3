import type { ActionType, Choice, Flow, PacingStyle, Phase, TensionChange, TensionLevels } from '@agon/contracts';
import { clamp01, clampSigned } from '@agon/narrative';
import { nextPhase } from './phases.ts';
import { type TensionDeltas, byAct, byPhase, byStance, dominant, shift } from './tension.ts';

/** What an input adds to flow and tension before anything follows from it. */
export interface Push {
  intensity: number;
  momentum: number;
  progress: number;
  tension: TensionDeltas;
  because: string[];
}

/** Where a conflict stands after a push, and what the push set off. */
export interface Movement {
  flow: Flow;
  tension: TensionLevels;
  changes: TensionChange[];
  transition: { fromPhase: Phase; toPhase: Phase; reversed: boolean } | null;
  because: string[];
}

const ESCALATE = { momentum: 0.2, progress: 0.15 };
const DE_ESCALATE = { momentum: -0.2, progress: 0 };

const FLOW_BY_ACT: Record<ActionType, { intensity: number; momentum: number }> = {
  aggressive: { intensity: 0.1, momentum: 0.15 },
  evasive: { intensity: 0, momentum: -0.3 },
  supportive: { intensity: 0, momentum: 0.05 },
  diplomatic: { intensity: 0, momentum: 0.05 },
  defensive: { intensity: 0, momentum: 0 },
  manipulative: { intensity: 0, momentum: 0 },
  observant: { intensity: 0, momentum: 0 },
  strategic: { intensity: 0, momentum: 0 },
};

/** How strongly the dominant axis, away from 0.5, drives momentum. */
const TENSION_DRIVE = 0.3;

/** Start of a flow by a word in the conflict type. */
export function startFlow(conflictType: string): Flow {
  if (conflictType.includes('interpersonal')) return start('emerging', 'slow_burn', 0.3, 0.2);
  if (conflictType.includes('crisis') || conflictType.includes('urgent')) {
    return start('rising', 'rapid_escalation', 0.6, 0.5);
  }
  return start('seeds', 'steady', 0.2, 0.1);
}

const start = (phase: Phase, pacingStyle: PacingStyle, intensity: number, momentum: number): Flow => ({
  phase,
  pacingStyle,
  intensity,
  momentum,
  phaseProgress: 0,
});

export function pushOfChoice({ stance, impact }: Choice): Push {
  const turn = impact.escalate ? ESCALATE : impact.deEscalate ? DE_ESCALATE : { momentum: 0, progress: 0 };
  const because = [`stance.${stance}`];
  if (impact.escalate) because.push('choice.escalate');
  if (impact.deEscalate) because.push('choice.de_escalate');
  return { intensity: 0, ...turn, tension: byStance(stance), because };
}

/** The success probability (0..1) scales what the act does to tension, not to the flow. */
export function pushOfAct(actionType: ActionType, successProbability: number): Push {
  const tension = byAct(actionType, successProbability);
  return { ...FLOW_BY_ACT[actionType], progress: 0, tension, because: [`act.${actionType} x ${successProbability}`] };
}

/** Applies a push; the flow follows the dominant axis, and complete progress turns the phase. */
export function move(flow: Flow, tension: TensionLevels, push: Push): Movement {
  const pushed: Movement = {
    flow: {
      ...flow,
      intensity: clamp01(flow.intensity + push.intensity),
      momentum: clampSigned(flow.momentum + push.momentum),
      phaseProgress: clamp01(flow.phaseProgress + push.progress),
    },
    tension,
    changes: [],
    transition: null,
    because: push.because,
  };
  return turnPhase(stir(pushed, push.tension));
}

/** Moves the conflict to a phase whatever its progress. */
export const turnTo = (flow: Flow, tension: TensionLevels, toPhase: Phase, because: string): Movement =>
  enter({ flow, tension, changes: [], transition: null, because: [because] }, toPhase, false);

function turnPhase(movement: Movement): Movement {
  if (movement.flow.phaseProgress < 1) return movement;
  const { toPhase, reversed } = nextPhase(movement.flow.phase, movement.flow.momentum);
  return toPhase === movement.flow.phase ? movement : enter(movement, toPhase, reversed);
}

function enter(movement: Movement, toPhase: Phase, reversed: boolean): Movement {
  const fromPhase = movement.flow.phase;
  const entered = {
    ...movement,
    flow: { ...movement.flow, phase: toPhase, phaseProgress: 0 },
    transition: { fromPhase, toPhase, reversed },
    because: [...movement.because, `phase.${fromPhase}>${toPhase}`],
  };
  return stir(entered, byPhase(fromPhase, toPhase));
}

/** Shifts tension, and lets the flow follow when the dominant axis moved. */
function stir(movement: Movement, deltas: TensionDeltas): Movement {
  const { levels, changes } = shift(movement.tension, deltas);
  const leader = dominant(levels);
  const led = changes.find(({ tensionType }) => tensionType === leader?.tensionType);
  const stirred = { ...movement, tension: levels, changes: mergeChanges(movement.changes, changes) };
  if (led === undefined) return stirred;
  const drive = clampSigned((led.newLevel - 0.5) * TENSION_DRIVE);
  return {
    ...stirred,
    flow: { ...movement.flow, momentum: clampSigned(movement.flow.momentum + drive) },
    because: [...movement.because, `tension.${led.tensionType} drives momentum ${drive}`],
  };
}

/** One change per axis, from where it stood first to where it stands last. */
function mergeChanges(first: TensionChange[], then: TensionChange[]): TensionChange[] {
  const merged = new Map(first.map((change) => [change.tensionType, change]));
  for (const change of then) {
    const previousLevel = merged.get(change.tensionType)?.previousLevel ?? change.previousLevel;
    merged.set(change.tensionType, { ...change, previousLevel, delta: clampSigned(change.newLevel - previousLevel) });
  }
  return [...merged.values()].filter(({ delta }) => delta !== 0);
}
