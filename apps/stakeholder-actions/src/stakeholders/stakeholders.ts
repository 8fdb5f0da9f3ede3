import type { Choice, Decided, NpcProfile, Phase, TensionChange } from '@agon/contracts';
import type { Decider } from '@agon/event-store';
import { type Telling, clamp01, npcParams, pickText, withUsed } from '@agon/narrative';
import { type Stakeholder, joining } from './joining.ts';
import { reactionOf, reacts, strain } from './reacting.ts';
import { BREAKING_RELIEF, BREAKING_STRESS, adaptedRole, strainOfTension } from './stress.ts';

/** The stakeholders of one conflict: who they are in it, how they bear it, what they do when the player chooses. */
export interface StakeholdersState {
  readonly members: readonly Stakeholder[];
  /** True when the conflict is resolved and nobody reacts any more. */
  readonly released: boolean;
  readonly used: readonly string[];
}

interface Common {
  readonly conflictId: string;
  readonly telling: Telling;
}
interface Movement {
  readonly tensionChanges: readonly TensionChange[];
  readonly transition: { readonly fromPhase: Phase; readonly toPhase: Phase } | null;
}
export type StakeholdersCommand =
  | (Common & { type: 'Assemble'; conflictType: string; cast: readonly NpcProfile[] })
  | (Common & Movement & { type: 'ReactToChoice'; choice: Choice })
  | (Common & Movement & { type: 'BearMovement' })
  | (Common & { type: 'Release' });

export const STAKEHOLDERS_EVENTS = [
  'StakeholderJoined',
  'StressChanged',
  'StakeholderReacted',
  'RoleAdapted',
  'StakeholderWithdrew',
  'StakeholdersReleased',
] as const;
export type StakeholdersEvent = Decided<(typeof STAKEHOLDERS_EVENTS)[number]>;

export const initialState = (): StakeholdersState => ({ members: [], released: false, used: [] });

export function decide(command: StakeholdersCommand, state: StakeholdersState): StakeholdersEvent[] {
  if (command.type === 'Assemble') return state.members.length === 0 ? assemble(command) : [];
  if (state.released || state.members.length === 0) return [];
  switch (command.type) {
    case 'ReactToChoice': {
      const reactors = state.members.filter((who) => reacts(who, command.choice, command.telling.random));
      const strained = new Set(reactors.map(({ npcId }) => npcId));
      const reacted = react(command, reactors, state.used);
      return [...reacted, ...bear(command, state, (who) => (strained.has(who.npcId) ? strain(command.choice) : 0))];
    }
    case 'BearMovement':
      return bear(command, state, () => 0);
    case 'Release':
      return [{ type: 'StakeholdersReleased', data: { conflictId: command.conflictId } }];
  }
}

export function evolve(state: StakeholdersState, event: StakeholdersEvent): StakeholdersState {
  switch (event.type) {
    case 'StakeholderJoined': {
      const { conflictId: _, text, ...member } = event.data;
      const used = text === undefined ? state.used : withUsed(state.used, text.key);
      return { ...state, members: [...state.members, member], used };
    }
    case 'StressChanged': {
      const stress = new Map(event.data.changes.map((change) => [change.npcId, change.stress]));
      return change(state, (who) => ({ ...who, stress: stress.get(who.npcId) ?? who.stress }));
    }
    case 'StakeholderReacted':
      return { ...state, used: withUsed(state.used, event.data.text.key) };
    case 'RoleAdapted': {
      const { npcId, role } = event.data;
      return change(state, (who) => (who.npcId === npcId ? { ...who, role } : who));
    }
    case 'StakeholderWithdrew': {
      const { npcId, role, stress, commitment, text } = event.data;
      const left = change(state, (who) => (who.npcId === npcId ? { ...who, role, stress, commitment } : who));
      return { ...left, used: withUsed(state.used, text.key) };
    }
    case 'StakeholdersReleased':
      return { ...state, released: true };
  }
}

export const decider: Decider<StakeholdersState, StakeholdersCommand, StakeholdersEvent> = {
  initialState,
  decide,
  evolve,
};

const change = (state: StakeholdersState, of: (who: Stakeholder) => Stakeholder): StakeholdersState => ({
  ...state,
  members: state.members.map(of),
});

function assemble({
  conflictId,
  conflictType,
  cast,
  telling,
}: StakeholdersCommand & { type: 'Assemble' }): StakeholdersEvent[] {
  const { pack, random } = telling;
  let used: readonly string[] = [];
  // Everyone has a role before the first word is picked: more words never deal other roles.
  return joining(conflictType, cast, random).map((who) => {
    const params = npcParams(who.profile);
    const text = pickText(pack, { kind: 'profile', facts: { role: who.role }, params, used, random });
    used = withUsed(used, text.key);
    return {
      type: 'StakeholderJoined',
      data: { conflictId, ...who, text },
      because: [`role.${who.role} dealt for ${conflictType}`],
    };
  });
}

function react(
  { conflictId, choice, telling }: Common & { choice: Choice },
  reactors: readonly Stakeholder[],
  usedBefore: readonly string[],
): StakeholdersEvent[] {
  let used = usedBefore;
  return reactors.map((who): StakeholdersEvent => {
    const reaction = reactionOf(who, choice);
    const targeted = who.npcId === choice.targetNpcId ? 'yes' : 'no';
    const text = pickText(telling.pack, {
      kind: 'reaction',
      facts: { ...reaction, role: who.role, choiceType: choice.choiceType, targeted },
      params: { ...npcParams(who.profile), player: 'you' },
      used,
      random: telling.random,
    });
    used = withUsed(used, text.key);
    const itemId = `reaction-${telling.ordinal}-${conflictId}-${who.npcId}`;
    const because = [targeted === 'yes' ? 'reacts.targeted' : `reacts.${who.role} commitment ${who.commitment}`];
    return {
      type: 'StakeholderReacted',
      data: { conflictId, itemId, npcId: who.npcId, ...reaction, stressDelta: strain(choice), text },
      because,
    };
  });
}

/** What a movement of the conflict does to everyone: stress, roles in a new phase, and those who break. */
function bear(
  { conflictId, telling, tensionChanges, transition }: Common & Movement,
  state: StakeholdersState,
  ownStrain: (who: Stakeholder) => number,
): StakeholdersEvent[] {
  const shared = strainOfTension(tensionChanges);
  const borne = state.members.map((who) => ({ ...who, stress: clamp01(who.stress + ownStrain(who) + shared) }));
  const changes = borne.flatMap(({ npcId, stress }, at) => {
    const previousStress = state.members[at]?.stress ?? stress;
    return stress === previousStress ? [] : [{ npcId, previousStress, stress }];
  });
  const facts: StakeholdersEvent[] = [];
  if (changes.length > 0) facts.push({ type: 'StressChanged', data: { conflictId, changes } });
  const strained = new Set(changes.map(({ npcId }) => npcId));
  let { used } = state;
  for (const who of borne) {
    const role = transition === null ? undefined : adaptedRole(who, transition.toPhase);
    if (strained.has(who.npcId) && who.stress >= BREAKING_STRESS) {
      const withdrawal = withdraw(conflictId, telling, used, who);
      used = withUsed(used, withdrawal.data.text.key);
      facts.push(withdrawal);
    } else if (role !== undefined) {
      const data = {
        conflictId,
        npcId: who.npcId,
        previousRole: who.role,
        role,
        reason: `phase ${transition?.toPhase}`,
      };
      facts.push({ type: 'RoleAdapted', data });
    }
  }
  return facts;
}

function withdraw(
  conflictId: string,
  telling: Telling,
  used: readonly string[],
  who: Stakeholder,
): Decided<'StakeholderWithdrew'> {
  const { pack, random, ordinal } = telling;
  const facts = { role: who.role };
  const text = pickText(pack, { kind: 'withdrawal', facts, params: npcParams(who.profile), used, random });
  return {
    type: 'StakeholderWithdrew',
    data: {
      conflictId,
      itemId: `withdrawal-${ordinal}-${conflictId}-${who.npcId}`,
      npcId: who.npcId,
      previousRole: who.role,
      role: 'bystander',
      previousStress: who.stress,
      stress: clamp01(who.stress - BREAKING_RELIEF),
      commitment: 0,
      reason: 'overwhelmed',
      text,
    },
    because: [`stress ${who.stress} >= ${BREAKING_STRESS}`],
  };
}
