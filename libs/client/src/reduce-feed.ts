import type { ConflictView, FeedEntry, SocialBoard, StakeholderView } from '@agon/contracts';

/** What a client that follows the feed knows of a story; `conflicts` and `circle` are those of `StoryState`. */
export interface FeedState {
  /** Of the newest entry; 0 before the first. */
  readonly position: number;
  /** By id, as the state lists them. */
  readonly conflicts: readonly ConflictView[];
  readonly circle: SocialBoard;
}

/** Whispers that a story remembers; the older ones are forgotten. */
const GOSSIP_KEPT = 10;

export const initialFeedState = (): FeedState => ({
  position: 0,
  conflicts: [],
  circle: { gossip: [], reputations: {} },
});

/**
 * The state after an entry. Written from the contract alone and not from the services' own projections, so that the two
 * can be held against each other. An entry at or below the state's position is a double and changes nothing.
 */
export function reduceFeed(state: FeedState, entry: FeedEntry): FeedState {
  if (entry.position <= state.position) return state;
  return { ...applied(state, entry), position: entry.position };
}

function applied(state: FeedState, entry: FeedEntry): FeedState {
  switch (entry.type) {
    case 'ConflictCreated': {
      const { conflictId, name, conflictType } = entry.data;
      const created: ConflictView = {
        conflictId,
        name,
        conflictType,
        status: 'open',
        flow: null,
        tension: {},
        beats: 0,
        resolution: null,
        stakeholders: [],
      };
      return { ...state, conflicts: [...state.conflicts, created].sort(byId) };
    }
    case 'FlowInitialized':
    case 'FlowAdjusted': {
      const { conflictId, phase, pacingStyle, intensity, momentum, phaseProgress } = entry.data;
      const flow = { phase, pacingStyle, intensity, momentum, phaseProgress };
      return withConflict(state, conflictId, (conflict) => ({ ...conflict, flow }));
    }
    case 'TensionChanged': {
      const { conflictId, tensionType, newLevel } = entry.data;
      return withConflict(state, conflictId, (conflict) => ({
        ...conflict,
        tension: { ...conflict.tension, [tensionType]: newLevel },
      }));
    }
    case 'DramaticBeatOccurred':
      return withConflict(state, entry.data.conflictId, (conflict) => ({ ...conflict, beats: conflict.beats + 1 }));
    case 'ConflictResolved': {
      const { type, winners, losers } = entry.data.resolution;
      const resolution = { type, winners, losers };
      return withConflict(state, entry.data.conflictId, (conflict) => ({
        ...conflict,
        status: 'resolved',
        resolution,
      }));
    }
    case 'StakeholderJoined': {
      const { conflictId, npcId, name, role, decisionStyle, stress, commitment } = entry.data;
      const joined = { npcId, name, role, decisionStyle, stress, commitment, latestItem: null };
      return withConflict(state, conflictId, (conflict) => ({
        ...conflict,
        stakeholders: [...conflict.stakeholders, joined],
      }));
    }
    case 'StressChanged': {
      const { conflictId, changes } = entry.data;
      return changes.reduce((told, { npcId, stress }) => withStakeholder(told, conflictId, npcId, { stress }), state);
    }
    case 'StakeholderReacted': {
      const { conflictId, npcId, itemId } = entry.data;
      return withStakeholder(state, conflictId, npcId, { latestItem: itemId });
    }
    case 'RoleAdapted':
      return withStakeholder(state, entry.data.conflictId, entry.data.npcId, { role: entry.data.role });
    case 'StakeholderWithdrew': {
      const { conflictId, npcId, itemId, role, stress, commitment } = entry.data;
      return withStakeholder(state, conflictId, npcId, { role, stress, commitment, latestItem: itemId });
    }
    case 'GossipStarted': {
      const { gossip } = state.circle;
      return { ...state, circle: { ...state.circle, gossip: [...gossip, entry.data].slice(-GOSSIP_KEPT) } };
    }
    case 'ReputationChanged': {
      const { npcId, changes } = entry.data;
      const { reputations } = state.circle;
      const scores = Object.fromEntries(changes.map(({ trait, score }) => [trait, score]));
      const known = { ...reputations, [npcId]: { ...reputations[npcId], ...scores } };
      return { ...state, circle: { ...state.circle, reputations: known } };
    }
    // What colours the moment, or is told in full by the facts that come with it.
    case 'ChoiceApplied':
    case 'ActApplied':
    case 'PhaseTransitioned':
    case 'TensionBreakingPoint':
    case 'SceneTensionRead':
    case 'StakeholdersReleased':
    case 'BehavioursHinted':
      return state;
  }
}

const byId = (a: ConflictView, b: ConflictView): number => (a.conflictId < b.conflictId ? -1 : 1);

const withConflict = (
  state: FeedState,
  conflictId: string,
  change: (conflict: ConflictView) => ConflictView,
): FeedState => ({
  ...state,
  conflicts: state.conflicts.map((conflict) => (conflict.conflictId === conflictId ? change(conflict) : conflict)),
});

const withStakeholder = (
  state: FeedState,
  conflictId: string,
  npcId: string,
  changed: Partial<StakeholderView>,
): FeedState =>
  withConflict(state, conflictId, (conflict) => ({
    ...conflict,
    stakeholders: conflict.stakeholders.map((who) => (who.npcId === npcId ? { ...who, ...changed } : who)),
  }));
