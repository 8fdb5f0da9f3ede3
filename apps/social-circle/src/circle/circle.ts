import type { Decided, Gossip, GossipType, NpcProfile, Reputation, Resolution, SocialAct } from '@agon/contracts';
import type { Decider } from '@agon/event-store';
import {
  type GossipOccasion,
  type Telling,
  aboutParams,
  npcParams,
  otherParams,
  pickText,
  withUsed,
} from '@agon/narrative';
import { type ReputationCause, reputationChanges } from './reputation.ts';

/** The circle of one story: what it whispers and what it thinks of whom. */
export interface CircleState {
  /** The newest last, at most ten. */
  readonly gossip: readonly Gossip[];
  readonly reputations: Readonly<Record<string, Reputation>>;
  readonly used: readonly string[];
}

type Cast = readonly NpcProfile[];
interface Common {
  readonly telling: Telling;
}
export type CircleCommand =
  | (Common & { type: 'NoteConflict'; conflictId: string; cast: Cast })
  | (Common & {
      type: 'NoteAct';
      conflictId: string;
      act: SocialAct;
      actor: NpcProfile;
      target: NpcProfile | undefined;
    })
  | (Common & { type: 'NoteResolution'; conflictId: string; resolution: Resolution; cast: Cast })
  | (Common & { type: 'ObserveScene'; present: Cast });

export const CIRCLE_EVENTS = ['GossipStarted', 'ReputationChanged', 'CircleObserved'] as const;
export type CircleEvent = Decided<(typeof CIRCLE_EVENTS)[number]>;

const GOSSIP_KEPT = 10;
/** How often a scene of two or more starts a whisper. */
const SCENE_GOSSIP_CHANCE = 0.3;
/** How true a whisper is and how fast it spreads (0..1) before anything is known of it. */
const START_OF_A_WHISPER = { truthfulness: 0.5, spreadRate: 0.3 };

export const initialState = (): CircleState => ({ gossip: [], reputations: {}, used: [] });

export function decide(command: CircleCommand, state: CircleState): CircleEvent[] {
  switch (command.type) {
    case 'NoteConflict': {
      const [first, second] = command.cast;
      return first === undefined ? [] : [whisper(command, state, 'creation', 'rumor', first, second)];
    }
    case 'NoteAct': {
      const { act, actor, target } = command;
      const told = act === 'betray' ? [whisper(command, state, 'act', 'scandal', actor, target)] : [];
      return [...judge(command, state, actor, act), ...told];
    }
    case 'NoteResolution':
      return noteResolution(command, state);
    case 'ObserveScene':
      return observe(command, state);
  }
}

export function evolve(state: CircleState, event: CircleEvent): CircleState {
  switch (event.type) {
    case 'GossipStarted':
      return {
        ...state,
        gossip: [...state.gossip, event.data].slice(-GOSSIP_KEPT),
        used: withUsed(state.used, event.data.text.key),
      };
    case 'ReputationChanged': {
      const { npcId, changes, text } = event.data;
      const scores = Object.fromEntries(changes.map(({ trait, score }) => [trait, score]));
      const reputations = { ...state.reputations, [npcId]: { ...state.reputations[npcId], ...scores } };
      return { ...state, reputations, used: withUsed(state.used, text.key) };
    }
    case 'CircleObserved':
      return state;
  }
}

export const decider: Decider<CircleState, CircleCommand, CircleEvent> = { initialState, decide, evolve };

function noteResolution(command: CircleCommand & { type: 'NoteResolution' }, state: CircleState): CircleEvent[] {
  const { cast, resolution } = command;
  const named = (ids: readonly string[]) => cast.filter(({ npcId }) => ids.includes(npcId));
  const [winners, losers] = [named(resolution.winners), named(resolution.losers)];
  const outcomes = [
    ...winners.map((npc) => ({ npc, cause: 'victory' }) as const),
    ...losers.map((npc) => ({ npc, cause: 'defeat' }) as const),
  ];
  const judged: CircleEvent[] = [];
  for (const { npc, cause } of outcomes) {
    judged.push(...judge(command, judged.reduce(evolve, state), npc, cause));
  }
  const about = winners[0] ?? losers[0] ?? cast[0];
  if (about === undefined) return judged;
  const kind: GossipType = winners.length > 0 ? 'praise' : losers.length > 0 ? 'scandal' : 'speculation';
  const other = losers.find(({ npcId }) => npcId !== about.npcId);
  return [...judged, whisper(command, state, 'resolution', kind, about, other)];
}

/** What the circle has to say of those who are present; now and then a scene starts a whisper. */
function observe(command: CircleCommand & { type: 'ObserveScene' }, state: CircleState): CircleEvent[] {
  const { present, telling } = command;
  const [first, second] = present;
  const starts = first !== undefined && second !== undefined && telling.random.chance(SCENE_GOSSIP_CHANCE);
  const started = starts ? [whisper(command, state, 'scene', 'speculation', first, second)] : [];
  const ids = new Set(present.map(({ npcId }) => npcId));
  const heard = [...state.gossip, ...started.map(({ data }) => data)].filter(({ about }) =>
    about.some((npcId) => ids.has(npcId)),
  );
  const reputations = Object.fromEntries(Object.entries(state.reputations).filter(([npcId]) => ids.has(npcId)));
  return [...started, { type: 'CircleObserved', data: { gossip: heard.slice(-GOSSIP_KEPT), reputations } }];
}

function judge(
  command: Common & { conflictId: string },
  state: CircleState,
  npc: NpcProfile,
  cause: ReputationCause,
): CircleEvent[] {
  const changes = reputationChanges(state.reputations[npc.npcId], cause);
  const [strongest] = changes.toSorted(
    (a, b) => Math.abs(b.score - b.previousScore) - Math.abs(a.score - a.previousScore),
  );
  if (strongest === undefined) return [];
  const { pack, random, ordinal } = command.telling;
  const change = strongest.score > strongest.previousScore ? 'rose' : 'fell';
  const facts = { reputationType: strongest.trait, change } as const;
  const text = pickText(pack, { kind: 'reputation', facts, params: npcParams(npc), used: state.used, random });
  const itemId = `reputation-${ordinal}-${npc.npcId}`;
  const data = { npcId: npc.npcId, changes, conflictId: command.conflictId, cause, itemId, text };
  return [{ type: 'ReputationChanged', data, because: [`reputation.${cause}`] }];
}

function whisper(
  command: Common & { conflictId?: string },
  state: CircleState,
  occasion: GossipOccasion,
  gossipType: GossipType,
  about: NpcProfile,
  other: NpcProfile | undefined,
): Decided<'GossipStarted'> {
  const { pack, random, ordinal } = command.telling;
  const params = { ...aboutParams(about), ...(other === undefined ? {} : otherParams(other)) };
  const facts = { occasion, gossipType };
  const text = pickText(pack, { kind: 'gossip', facts, params, used: state.used, random });
  return {
    type: 'GossipStarted',
    data: {
      itemId: `gossip-${ordinal}-${about.npcId}`,
      gossipType,
      about: [about.npcId, ...(other === undefined ? [] : [other.npcId])],
      conflictId: command.conflictId ?? null,
      ...START_OF_A_WHISPER,
      text,
    },
    because: [`gossip.${occasion}`],
  };
}
