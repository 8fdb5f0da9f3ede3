import type {
  ActInConflict,
  ConflictEventBody,
  CreateConflictBody,
  CreateStoryBody,
  DataOf,
  Decided,
  InputType,
  MakeChoiceBody,
  NpcProfile,
  NpcRegistration,
  RegisterNpcsBody,
  ResolveConflictBody,
  SyncSceneBody,
} from '@agon/contracts';
import type { Decider } from '@agon/event-store';
import { Refusal } from './refusal.ts';

/** What the gateway knows of a story: its inputs, in the order in which they were accepted. */
export interface StoryState {
  /** Null until the story is created. */
  readonly created: DataOf<'StoryCreated'> | null;
  readonly npcs: Readonly<Record<string, NpcRegistration>>;
  /** Conflicts that have not ended, in the order of their beginning. */
  readonly open: readonly string[];
  /** Of those that have ended the newest; older ones are left to their judge, who knows every conflict. */
  readonly ended: readonly string[];
  /** How many conflicts have begun. */
  readonly begun: number;
}

/** A request, validated against its schema; the decider checks what only the story knows. */
export type StoryCommand =
  | { type: 'CreateStory'; body: CreateStoryBody }
  | { type: 'RegisterNpcs'; body: RegisterNpcsBody }
  | { type: 'BeginConflict'; body: CreateConflictBody }
  | { type: 'MakeChoice'; conflictId: string; body: MakeChoiceBody }
  | { type: 'TellConflictEvent'; conflictId: string; body: ConflictEventBody }
  | { type: 'EndConflict'; conflictId: string; body: ResolveConflictBody }
  | { type: 'SyncScene'; body: SyncSceneBody };

export const STORY_EVENTS = [
  'StoryCreated',
  'NpcsRegistered',
  'ConflictBegan',
  'PlayerChoiceMade',
  'ConflictProgressed',
  'StakeholderActed',
  'ConflictEnded',
  'SceneSynced',
] as const satisfies readonly InputType[];
export type StoryEvent = Decided<InputType>;

/** Conflicts that a scene is read against when the game names none. */
const NEWEST_CONFLICTS = 16;
/** Ended conflicts that are remembered, so that a request that names an unknown one is told so at once. */
const ENDED_KEPT = 256;

export const initialState = (): StoryState => ({ created: null, npcs: {}, open: [], ended: [], begun: 0 });

/** The one input event that the request becomes. Throws a Refusal that names the field and what is allowed. */
export function decide(command: StoryCommand, state: StoryState): StoryEvent[] {
  if (command.type === 'CreateStory') return [{ type: 'StoryCreated', data: command.body }];
  if (state.created === null) throw new Refusal('story_not_found');
  switch (command.type) {
    case 'RegisterNpcs':
      return [registerNpcs(command.body, state)];
    case 'BeginConflict':
      return [beginConflict(command.body, state)];
    case 'MakeChoice': {
      const { turnId, sceneKey, choice } = command.body;
      const conflictId = known(state, command.conflictId);
      const cast = castOf(state, choice.targetNpcId === undefined ? [] : [['choice.targetNpcId', choice.targetNpcId]]);
      return [{ type: 'PlayerChoiceMade', data: { conflictId, turnId, sceneKey, choice, cast } }];
    }
    case 'TellConflictEvent': {
      const conflictId = known(state, command.conflictId);
      if (command.body.type === 'StakeholderActed') return [act(conflictId, command.body, state)];
      const { type, ...progress } = command.body;
      return [{ type, data: { conflictId, ...progress } }];
    }
    case 'EndConflict': {
      const { resolution } = command.body;
      const named = [
        ...resolution.winners.map((id, at): Named => [`resolution.winners[${at}]`, id]),
        ...resolution.losers.map((id, at): Named => [`resolution.losers[${at}]`, id]),
      ];
      const data = { conflictId: known(state, command.conflictId), resolution, cast: castOf(state, named) };
      return [{ type: 'ConflictEnded', data }];
    }
    case 'SyncScene':
      return [syncScene(command.body, state)];
  }
}

export function evolve(state: StoryState, event: StoryEvent): StoryState {
  switch (event.type) {
    case 'StoryCreated':
      return { ...state, created: event.data };
    case 'NpcsRegistered': {
      const registered = Object.fromEntries(event.data.npcs.map((npc) => [npc.npcId, npc]));
      return { ...state, npcs: { ...state.npcs, ...registered } };
    }
    case 'ConflictBegan': {
      const { conflictId } = event.data;
      // Begun before: its judge refuses it.
      if (isRemembered(state, conflictId)) return state;
      return { ...state, open: [...state.open, conflictId], begun: state.begun + 1 };
    }
    case 'ConflictEnded': {
      const { conflictId } = event.data;
      if (!state.open.includes(conflictId)) return state;
      const ended = [...state.ended, conflictId].slice(-ENDED_KEPT);
      return { ...state, open: state.open.filter((id) => id !== conflictId), ended };
    }
    default:
      return state;
  }
}

export const decider: Decider<StoryState, StoryCommand, StoryEvent> = { initialState, decide, evolve };

/** Long casts are cut short: the message is to be read. */
const LISTED = 20;

const listOf = (ids: readonly string[]): string =>
  ids.length > LISTED ? `${ids.slice(0, LISTED).join(', ')} and ${ids.length - LISTED} more` : ids.join(', ') || 'none';

/** An NPC and the field of the request that names it. */
type Named = readonly [field: string, npcId: string];

function castOf(state: StoryState, named: readonly Named[]): NpcProfile[] {
  // An id may be the name of what every object has, such as `constructor`.
  const unknown = named.filter(([, npcId]) => !Object.hasOwn(state.npcs, npcId));
  if (unknown.length > 0) {
    const registered = listOf(Object.keys(state.npcs));
    throw new Refusal(
      'unknown_npc',
      unknown.map(([field, npcId]) => ({
        field,
        message: `"${npcId}" is not registered; registered are: ${registered}`,
      })),
    );
  }
  return [...new Set(named.map(([, npcId]) => npcId))].flatMap((npcId) => {
    const npc = state.npcs[npcId];
    return npc === undefined ? [] : [profileOf(npc)];
  });
}

const profileOf = ({ npcId, name, pronouns, traits }: NpcRegistration): NpcProfile => ({
  npcId,
  name,
  pronouns,
  traits,
});

const isRemembered = ({ open, ended }: StoryState, conflictId: string): boolean =>
  open.includes(conflictId) || ended.includes(conflictId);

/** Whether there may be a conflict of this id: it is remembered, or some are not. */
const mayBe = (state: StoryState, conflictId: string): boolean =>
  isRemembered(state, conflictId) || state.begun > state.open.length + state.ended.length;

function known(state: StoryState, conflictId: string): string {
  if (!mayBe(state, conflictId)) throw new Refusal('conflict_not_found');
  return conflictId;
}

function registerNpcs({ npcs }: RegisterNpcsBody, state: StoryState): StoryEvent {
  const after = evolve(state, { type: 'NpcsRegistered', data: { npcs } });
  const named = npcs.flatMap(({ relations }, at) =>
    relations.map(({ npcId }, n): Named => [`npcs[${at}].relations[${n}].npcId`, npcId]),
  );
  castOf(after, named);
  const twice = npcs.findIndex(({ npcId }, at) => npcs.findIndex((other) => other.npcId === npcId) < at);
  if (twice >= 0) {
    throw new Refusal('invalid_request', [{ field: `npcs[${twice}].npcId`, message: 'must not be given twice' }]);
  }
  return { type: 'NpcsRegistered', data: { npcs } };
}

function beginConflict({ conflictId, conflictType, context }: CreateConflictBody, state: StoryState): StoryEvent {
  const cast = castOf(
    state,
    context.participants.map((id, at): Named => [`context.participants[${at}]`, id]),
  );
  return { type: 'ConflictBegan', data: { conflictId: conflictId ?? nextId(state), conflictType, context, cast } };
}

/** c1, c2, …: equal stories get equal ids. */
function nextId(state: StoryState): string {
  let n = state.begun + 1;
  while (isRemembered(state, `c${n}`)) n += 1;
  return `c${n}`;
}

function act(conflictId: string, body: ActInConflict, state: StoryState): StoryEvent {
  const { type, ...told } = body;
  const named: Named[] = [['npcId', told.npcId]];
  if (told.targetNpcId !== undefined) named.push(['targetNpcId', told.targetNpcId]);
  return { type, data: { conflictId, ...told, cast: castOf(state, named) } };
}

function syncScene(body: SyncSceneBody, state: StoryState): StoryEvent {
  const cast = castOf(
    state,
    body.npcIds.map((id, at): Named => [`npcIds[${at}]`, id]),
  );
  const unknown = (body.conflictIds ?? []).flatMap((id, at) =>
    mayBe(state, id) ? [] : [{ field: `conflictIds[${at}]`, message: `"${id}" is not a conflict of the story` }],
  );
  if (unknown.length > 0) throw new Refusal('unknown_conflict', unknown);
  const conflictIds = [...new Set(body.conflictIds ?? state.open.slice(-NEWEST_CONFLICTS))];
  return { type: 'SceneSynced', data: { ...body, conflictIds, cast } };
}
