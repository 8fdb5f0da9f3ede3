import { z } from 'zod';
import { Choice, NpcProfile, Resolution } from './game-events.ts';
import { LocalId } from './ids.ts';
import { Text } from './text.ts';
import {
  ActionType,
  BeatType,
  Behaviour,
  DecisionStyle,
  EmotionalResponse,
  GossipType,
  Level,
  PacingStyle,
  Phase,
  ReactionType,
  ReputationTrait,
  Role,
  SignedLevel,
  SocialAct,
  TensionLevels,
  TensionType,
  TensionWord,
  TransitionType,
} from './vocabulary.ts';

/** Facts that services decided. One name per thing everywhere: conflictId, npcId, targetNpcId, tensionType, … */

const conflictId = LocalId;
const cast = z.array(NpcProfile);
const itemId = z.string();

/** How a conflict moves: where it stands after the fact that carries it. */
export const Flow = z
  .object({
    phase: Phase,
    pacingStyle: PacingStyle,
    intensity: Level,
    momentum: SignedLevel,
    phaseProgress: Level,
  })
  .meta({ id: 'Flow' });
export type Flow = z.infer<typeof Flow>;

export const TensionChange = z
  .object({ tensionType: TensionType, previousLevel: Level, newLevel: Level, delta: SignedLevel })
  .meta({ id: 'TensionChange' });
export type TensionChange = z.infer<typeof TensionChange>;

/** What a judged input did to flow and tension; enough for other services to react without reading anything. */
const moved = {
  flow: Flow,
  tension: TensionLevels,
  tensionChanges: z.array(TensionChange),
  transition: z.object({ fromPhase: Phase, toPhase: Phase }).nullable(),
};

export const RefusalCode = z.enum(['conflict_exists', 'conflict_not_found', 'conflict_resolved', 'not_a_stakeholder']);
export type RefusalCode = z.infer<typeof RefusalCode>;
const refused = z.object({ conflictId, code: RefusalCode });

export const StressChange = z.object({ npcId: LocalId, previousStress: Level, stress: Level });
export type StressChange = z.infer<typeof StressChange>;

export const TraitChange = z.object({ trait: ReputationTrait, previousScore: Level, score: Level });
export type TraitChange = z.infer<typeof TraitChange>;

const gossip = {
  itemId,
  gossipType: GossipType,
  about: z.array(LocalId),
  conflictId: conflictId.nullable(),
  truthfulness: Level,
  spreadRate: Level,
  text: Text,
};
export const Gossip = z.object(gossip).meta({ id: 'Gossip' });
export type Gossip = z.infer<typeof Gossip>;

export const Reputation = z.partialRecord(ReputationTrait, Level).meta({ id: 'Reputation' });
export type Reputation = z.infer<typeof Reputation>;

/** Appended by a service instead of what it has decided, where the cascade is at one of its limits. Players never see it. */
export const cascadeEvents = {
  CascadeCut: z.object({
    reason: z.enum(['depth', 'events']),
    limit: z.int().describe('Causes in a row, or events of one correlation'),
    message: z.string().describe('Type of the event from which nothing follows; `causationId` is its id'),
    dropped: z.array(z.string()).describe('Types of the events that were decided and are not appended'),
  }),
};

export const conflictEvents = {
  ConflictCreated: z.object({
    conflictId,
    conflictType: z.string(),
    name: z.string(),
    nameText: Text,
    location: z.string().nullable(),
    stakes: z.array(z.string()),
    cast,
  }),
  ConflictRefused: refused,
  ChoiceApplied: z.object({ conflictId, choice: Choice, cast, ...moved }),
  ChoiceRefused: refused,
  ProgressApplied: z.object({ conflictId, ...moved }),
  ProgressRefused: refused,
  ActApplied: z.object({
    conflictId,
    npcId: LocalId,
    actionType: ActionType,
    socialAct: SocialAct.nullable(),
    targetNpcId: LocalId.nullable(),
    successProbability: Level,
    cast,
    ...moved,
  }),
  ActRefused: refused,
  ConflictResolved: z.object({ conflictId, name: z.string(), resolution: Resolution, cast }),
  ResolutionRefused: refused,
};

export const flowEvents = {
  FlowInitialized: z.object({ conflictId, ...Flow.shape }),
  FlowAdjusted: z.object({ conflictId, ...Flow.shape, escalation: z.boolean() }),
  TensionChanged: z.object({ conflictId, ...TensionChange.shape, reason: z.string() }),
  PhaseTransitioned: z.object({
    conflictId,
    itemId,
    fromPhase: Phase,
    toPhase: Phase,
    transitionType: TransitionType,
    text: Text,
  }),
  DramaticBeatOccurred: z.object({ conflictId, itemId, beatType: BeatType, impact: SignedLevel, text: Text }),
  TensionBreakingPoint: z.object({
    conflictId,
    itemId,
    tensionType: TensionType,
    severity: Level,
    text: Text,
    consequences: z.array(Text),
    choices: z.array(Text),
  }),
  SceneTensionRead: z.object({
    itemId,
    score: Level,
    level: TensionWord,
    dominantType: TensionType.nullable(),
    dominantLevel: Level,
    text: Text,
  }),
};

export const stakeholderEvents = {
  StakeholderJoined: z.object({
    conflictId,
    npcId: LocalId,
    name: z.string(),
    role: Role,
    decisionStyle: DecisionStyle,
    stress: Level,
    commitment: Level,
    profile: NpcProfile,
    /** Who the NPC is in this conflict, in a sentence; stories of earlier versions have none. */
    text: Text.optional(),
  }),
  StressChanged: z.object({ conflictId, changes: z.array(StressChange) }),
  StakeholderReacted: z.object({
    conflictId,
    itemId,
    npcId: LocalId,
    reactionType: ReactionType,
    emotionalResponse: EmotionalResponse,
    stressDelta: SignedLevel,
    text: Text,
  }),
  RoleAdapted: z.object({ conflictId, npcId: LocalId, previousRole: Role, role: Role, reason: z.string() }),
  StakeholderWithdrew: z.object({
    conflictId,
    itemId,
    npcId: LocalId,
    previousRole: Role,
    role: Role,
    previousStress: Level,
    stress: Level,
    commitment: Level,
    reason: z.literal('overwhelmed'),
    text: Text,
  }),
  StakeholdersReleased: z.object({ conflictId }),
  BehavioursHinted: z.object({
    hints: z.array(z.object({ itemId, npcId: LocalId, behaviour: Behaviour, text: Text })),
  }),
};

export const circleEvents = {
  GossipStarted: Gossip,
  ReputationChanged: z.object({
    npcId: LocalId,
    changes: z.array(TraitChange),
    conflictId: conflictId.nullable(),
    cause: z.enum(['victory', 'defeat', 'betray', 'support', 'oppose']),
    itemId,
    text: Text,
  }),
  CircleObserved: z.object({
    gossip: z.array(Gossip),
    reputations: z.record(LocalId, Reputation),
  }),
};
