import type { ActionType, BeatType, Choice, Decided, Flow, TensionLevels, TransitionType } from '@agon/contracts';
import type { Decider } from '@agon/event-store';
import { type Telling, withUsed } from '@agon/narrative';
import type { Moved } from './moved.ts';
import { dueBeat } from './beats.ts';
import { type Movement, move, pushOfAct, pushOfChoice, startFlow, turnTo } from './movement.ts';
import { breaks, shift, startLevels } from './tension.ts';
import { tellBeat, tellBreakingPoint, tellTransition } from './texts.ts';

/** Flow with tension of one conflict: how heated it is, where it is heading, which phase it is in. */
export interface FlowState {
  /** None until the conflict began. */
  readonly flow: Flow | null;
  readonly tension: TensionLevels;
  readonly beats: number;
  /** Beat types told since the phase began. */
  readonly told: readonly BeatType[];
  /** Escalating choices since the phase began. */
  readonly escalations: number;
  /** Keys of texts in order of use, the oldest first. */
  readonly used: readonly string[];
}

interface Common {
  readonly conflictId: string;
  readonly telling: Telling;
}
export type FlowCommand =
  | (Common & { type: 'StartFlow'; conflictType: string })
  | (Common & { type: 'MoveByChoice'; choice: Choice })
  | (Common & { type: 'MoveByProgress'; intensityDelta: number; momentumDelta: number; progressDelta: number })
  | (Common & { type: 'MoveByAct'; actionType: ActionType; successProbability: number })
  | (Common & { type: 'EndFlow' });

export const FLOW_EVENTS = [
  'FlowInitialized',
  'FlowAdjusted',
  'TensionChanged',
  'PhaseTransitioned',
  'DramaticBeatOccurred',
  'TensionBreakingPoint',
] as const;
export type FlowEvent = Decided<(typeof FLOW_EVENTS)[number]>;

export const initialState = (): FlowState => ({
  flow: null,
  tension: {},
  beats: 0,
  told: [],
  escalations: 0,
  used: [],
});

export function decide(command: FlowCommand, state: FlowState): FlowEvent[] {
  if (command.type === 'StartFlow') return state.flow === null ? start(command) : [];
  if (state.flow === null) return [];
  const { flow, tension } = state;
  switch (command.type) {
    case 'MoveByChoice': {
      const movement = move(flow, tension, pushOfChoice(command.choice));
      return moved(command, state, flow, movement, 'choice', command.choice.impact.escalate);
    }
    case 'MoveByProgress': {
      const { intensityDelta: intensity, momentumDelta: momentum, progressDelta: progress } = command;
      const push = { intensity, momentum, progress, tension: {}, because: ['progress.given'] };
      return moved(command, state, flow, move(flow, tension, push), 'progress');
    }
    case 'MoveByAct': {
      const push = pushOfAct(command.actionType, command.successProbability);
      return moved(command, state, flow, move(flow, tension, push), 'act');
    }
    case 'EndFlow':
      if (flow.phase === 'aftermath') return [];
      return moved(command, state, flow, turnTo(flow, tension, 'aftermath', 'conflict.resolved'), 'resolution');
  }
}

export function evolve(state: FlowState, event: FlowEvent): FlowState {
  switch (event.type) {
    case 'FlowInitialized':
    case 'FlowAdjusted': {
      const { phase, pacingStyle, intensity, momentum, phaseProgress } = event.data;
      const escalated = event.type === 'FlowAdjusted' && event.data.escalation ? 1 : 0;
      return {
        ...state,
        flow: { phase, pacingStyle, intensity, momentum, phaseProgress },
        escalations: state.escalations + escalated,
      };
    }
    case 'TensionChanged':
      return { ...state, tension: { ...state.tension, [event.data.tensionType]: event.data.newLevel } };
    case 'PhaseTransitioned':
      return { ...state, told: [], escalations: 0, used: withUsed(state.used, event.data.text.key) };
    case 'DramaticBeatOccurred':
      return {
        ...state,
        beats: state.beats + 1,
        told: [...state.told, event.data.beatType],
        used: withUsed(state.used, event.data.text.key),
      };
    case 'TensionBreakingPoint':
      return { ...state, used: withUsed(state.used, event.data.text.key) };
  }
}

export const decider: Decider<FlowState, FlowCommand, FlowEvent> = { initialState, decide, evolve };

/** What the moves did to the conflict as a whole, for those who react to it; none where no flow began. */
export function movedBy(state: FlowState, moves: readonly FlowEvent[]): Moved | null {
  const { flow, tension } = moves.reduce(evolve, state);
  if (flow === null) return null;
  const tensionChanges = moves.flatMap((move) => {
    if (move.type !== 'TensionChanged') return [];
    const { tensionType, previousLevel, newLevel, delta } = move.data;
    return [{ tensionType, previousLevel, newLevel, delta }];
  });
  const turn = moves.find((move) => move.type === 'PhaseTransitioned');
  const transition = turn === undefined ? null : { fromPhase: turn.data.fromPhase, toPhase: turn.data.toPhase };
  return { flow, tension, tensionChanges, transition };
}

function start({ conflictId, conflictType, telling }: FlowCommand & { type: 'StartFlow' }): FlowEvent[] {
  const flow = startFlow(conflictType);
  const axes = shift({}, startLevels(conflictType)).changes.map((change): FlowEvent => ({
    type: 'TensionChanged',
    data: { conflictId, ...change, reason: 'conflict_creation' },
  }));
  const opening = tellBeat(telling, [], { conflictId, beatType: 'moment', phase: flow.phase });
  return [
    { type: 'FlowInitialized', data: { conflictId, ...flow }, because: [`flow.start ${conflictType}`] },
    ...axes,
    { type: 'DramaticBeatOccurred', data: opening },
  ];
}

/** The facts of a movement, in the order in which a reader understands them. */
function moved(
  { conflictId, telling }: Common,
  state: FlowState,
  before: Flow,
  { flow, changes, transition, because }: Movement,
  reason: string,
  escalation = false,
): FlowEvent[] {
  const facts: FlowEvent[] = [];
  if (JSON.stringify(flow) !== JSON.stringify(before) || escalation) {
    facts.push({ type: 'FlowAdjusted', data: { conflictId, ...flow, escalation }, because });
  }
  for (const change of changes) facts.push({ type: 'TensionChanged', data: { conflictId, ...change, reason } });
  let { used } = state;
  if (transition !== null) {
    const transitionType = typeOf(transition.reversed, reason);
    const told = tellTransition(telling, used, { conflictId, ...transition, transitionType });
    used = withUsed(used, told.text.key);
    facts.push({ type: 'PhaseTransitioned', data: told, because: [`transition.${transitionType}`] });
  }
  for (const change of changes.filter(breaks)) {
    const told = tellBreakingPoint(telling, used, { conflictId, change });
    facts.push({ type: 'TensionBreakingPoint', data: told, because: [`tension.${change.tensionType} reached 1`] });
  }
  const beatType = reason === 'resolution' ? undefined : dueBeat(flow, transition === null ? state.told : []);
  if (beatType !== undefined) {
    const told = tellBeat(telling, used, { conflictId, beatType, phase: flow.phase });
    facts.push({ type: 'DramaticBeatOccurred', data: told, because: [`beat.${beatType}`] });
  }
  return facts;
}

function typeOf(reversed: boolean, reason: string): TransitionType {
  if (reversed) return 'reversed';
  if (reason === 'resolution') return 'forced';
  return reason === 'progress' ? 'triggered' : 'natural';
}
