import type { Choice, DataOf, Decided, NpcProfile, RefusalCode, Resolution } from '@agon/contracts';
import type { Decider } from '@agon/event-store';
import type { Moved } from '../flow/moved.ts';
import { type Telling, conflictFamilyOf, pickText } from '@agon/narrative';

/** The lifecycle of one conflict: it judges every input that names it. */
export type ConflictState =
  | { readonly status: 'none' }
  | {
      readonly status: 'open' | 'resolved';
      readonly name: string;
      readonly location: string | null;
      readonly stakes: readonly string[];
      readonly cast: readonly NpcProfile[];
    };

type Act = Pick<
  DataOf<'StakeholderActed'>,
  'npcId' | 'actionType' | 'socialAct' | 'targetNpcId' | 'successProbability'
>;

/** `moved` is what the input does to the flow; null where no flow began. */
export type ConflictCommand =
  | { type: 'BeginConflict'; input: DataOf<'ConflictBegan'>; telling: Telling }
  | { type: 'ApplyChoice'; conflictId: string; choice: Choice; cast: NpcProfile[]; moved: Moved | null }
  | { type: 'ApplyProgress'; conflictId: string; moved: Moved | null }
  | { type: 'ApplyAct'; conflictId: string; act: Act; cast: NpcProfile[]; moved: Moved | null }
  | { type: 'ResolveConflict'; conflictId: string; resolution: Resolution; cast: NpcProfile[] };

export const CONFLICT_EVENTS = [
  'ConflictCreated',
  'ConflictRefused',
  'ChoiceApplied',
  'ChoiceRefused',
  'ProgressApplied',
  'ProgressRefused',
  'ActApplied',
  'ActRefused',
  'ConflictResolved',
  'ResolutionRefused',
] as const;
export type ConflictEvent = Decided<(typeof CONFLICT_EVENTS)[number]>;

export const initialState = (): ConflictState => ({ status: 'none' });

export function decide(command: ConflictCommand, state: ConflictState): ConflictEvent[] {
  switch (command.type) {
    case 'BeginConflict':
      return [
        state.status === 'none'
          ? begin(command)
          : refuse('ConflictRefused', command.input.conflictId, 'conflict_exists'),
      ];
    case 'ApplyChoice': {
      const { conflictId, choice, cast } = command;
      const code = closedTo(state, [choice.targetNpcId]);
      if (code !== undefined || command.moved === null) return [refuse('ChoiceRefused', conflictId, code)];
      return [{ type: 'ChoiceApplied', data: { conflictId, choice, cast, ...command.moved } }];
    }
    case 'ApplyProgress': {
      const { conflictId } = command;
      const code = closedTo(state);
      if (code !== undefined || command.moved === null) return [refuse('ProgressRefused', conflictId, code)];
      return [{ type: 'ProgressApplied', data: { conflictId, ...command.moved } }];
    }
    case 'ApplyAct': {
      const { conflictId, cast, act } = command;
      const code = closedTo(state, [act.npcId, act.targetNpcId]);
      if (code !== undefined || command.moved === null) return [refuse('ActRefused', conflictId, code)];
      const { npcId, actionType, socialAct = null, targetNpcId = null, successProbability } = act;
      const applied = { npcId, actionType, socialAct, targetNpcId, successProbability };
      return [{ type: 'ActApplied', data: { conflictId, cast, ...applied, ...command.moved } }];
    }
    case 'ResolveConflict': {
      const { conflictId, resolution, cast } = command;
      const code = closedTo(state);
      if (code !== undefined || state.status === 'none') {
        return [refuse('ResolutionRefused', conflictId, code)];
      }
      const everyone = [...cast, ...state.cast.filter((npc) => !isAmong(cast, npc.npcId))];
      return [{ type: 'ConflictResolved', data: { conflictId, name: state.name, resolution, cast: everyone } }];
    }
  }
}

export function evolve(state: ConflictState, event: ConflictEvent): ConflictState {
  switch (event.type) {
    case 'ConflictCreated': {
      const { name, location, stakes, cast } = event.data;
      return { status: 'open', name, location, stakes, cast };
    }
    case 'ConflictResolved':
      return state.status === 'none' ? state : { ...state, status: 'resolved' };
    default:
      return state;
  }
}

export const decider: Decider<ConflictState, ConflictCommand, ConflictEvent> = {
  initialState,
  decide,
  evolve,
};

const REFUSALS = ['ConflictRefused', 'ChoiceRefused', 'ProgressRefused', 'ActRefused', 'ResolutionRefused'] as const;

export const isRefusal = ({ type }: ConflictEvent): boolean => REFUSALS.some((refusal) => refusal === type);

/** Why the conflict can't take the input; the NPCs that it names must have a part in it. */
function closedTo(state: ConflictState, named: readonly (string | undefined)[] = []): RefusalCode | undefined {
  if (state.status === 'none') return 'conflict_not_found';
  if (state.status === 'resolved') return 'conflict_resolved';
  const strangers = named.filter((npcId) => npcId !== undefined && !isAmong(state.cast, npcId));
  return strangers.length > 0 ? 'not_a_stakeholder' : undefined;
}

const isAmong = (cast: readonly NpcProfile[], npcId: string): boolean => cast.some((npc) => npc.npcId === npcId);

type Refusal = (typeof REFUSALS)[number];

const refuse = (type: Refusal, conflictId: string, code: RefusalCode = 'conflict_not_found'): ConflictEvent => ({
  type,
  data: { conflictId, code },
  because: [code],
});

function begin({ input, telling }: ConflictCommand & { type: 'BeginConflict' }): ConflictEvent {
  const { conflictId, conflictType, context, cast } = input;
  const facts = { family: conflictFamilyOf(conflictType) };
  const { pack, random } = telling;
  const nameText = pickText(pack, { kind: 'conflict-name', facts, params: {}, used: [], random });
  return {
    type: 'ConflictCreated',
    data: {
      conflictId,
      conflictType,
      name: withIntensity(nameText.text, context.intensityLevel),
      nameText,
      location: context.location ?? null,
      stakes: context.stakes,
      cast,
    },
    because: [`name.${facts.family}`],
  };
}

/** A short name says when the conflict starts very hot or hardly visible, unless it does so already; intensity 0..1. */
function withIntensity(name: string, intensity: number | undefined): string {
  if (intensity === undefined || name.split(' ').length > 3 || /\b(critical|subtle)\b/i.test(name)) return name;
  if (intensity >= 0.8) return `Critical ${name}`;
  return intensity <= 0.2 ? `Subtle ${name}` : name;
}
