import type { ConflictView, DataOf, FeedEntry, SocialBoard, StakeholderView } from '@agon/contracts';

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
        conditions: [],
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
      const joined = { npcId, name, role, decisionStyle, stress, commitment, latestItem: null, emotion: null };
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
      const { conflictId, npcId, itemId, emotionalResponse } = entry.data;
      return withStakeholder(state, conflictId, npcId, { latestItem: itemId, emotion: emotionalResponse });
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
    case 'RefinementAccepted':
      return refined(state, entry.data);
    // What colours the moment, leaves things as they are, or is told in full by the facts that come with it.
    case 'ChoiceApplied':
    case 'ActApplied':
    case 'PhaseTransitioned':
    case 'TensionBreakingPoint':
    case 'SceneTensionRead':
    case 'StakeholdersReleased':
    case 'BehavioursHinted':
    case 'RefinementRejected':
    case 'RefinementSuperseded':
    case 'RefinementExpired':
    case 'RefinementFailed':
      return state;
  }
}

function refined(state: FeedState, { task, conflictId, itemId, changes }: DataOf<'RefinementAccepted'>): FeedState {
  const { text, conditions, emotionalResponse: emotion } = changes;
  if (task === 'social.gossip' && text !== undefined) {
    const gossip = state.circle.gossip.map((told) => (told.itemId === itemId ? { ...told, text } : told));
    return { ...state, circle: { ...state.circle, gossip } };
  }
  if (conflictId === null) return state;
  return withConflict(state, conflictId, (conflict) => ({
    ...conflict,
    ...(task === 'conflict.name' && text !== undefined ? { name: text.text } : {}),
    ...(task === 'flow.init' && conditions !== undefined ? { conditions } : {}),
    // Of a reaction that another one has followed, the feeling has passed.
    stakeholders: conflict.stakeholders.map((who) =>
      emotion !== undefined && who.latestItem !== null && who.latestItem === itemId ? { ...who, emotion } : who,
    ),
  }));
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
