import type { Flow, Gossip, TensionChange } from './domain-events.ts';
import type { DataOf, EventType } from './events.ts';
import type { Choice, NpcProfile, Resolution } from './game-events.ts';

const conflictId = 'c1';
const text = { key: 'any.key', params: { 'npc.name': 'Maren Holt' }, text: 'Maren Holt looks away.' };
const maren: NpcProfile = { npcId: '11', name: 'Maren Holt', pronouns: 'she', traits: ['proud'] };
const cast = [maren];
const choice: Choice = {
  text: 'Challenge the harbour master',
  choiceType: 'confrontational',
  stance: 'resist',
  impact: { escalate: true, deEscalate: false },
  targetNpcId: '11',
  tags: ['escalation'],
};
const flow: Flow = {
  phase: 'rising',
  pacingStyle: 'rapid_escalation',
  intensity: 0.6,
  momentum: 0.775,
  phaseProgress: 0.15,
};
const change: TensionChange = { tensionType: 'power', previousLevel: 0.6, newLevel: 0.75, delta: 0.15 };
const moved: Omit<DataOf<'ProgressApplied'>, 'conflictId'> = {
  flow,
  tension: { power: 0.75, social: 0.4 },
  tensionChanges: [change],
  transition: { fromPhase: 'rising', toPhase: 'confrontation' },
};
const act: DataOf<'StakeholderActed'> = {
  conflictId,
  npcId: '11',
  actionType: 'aggressive',
  successProbability: 0.65,
  cast,
};
const refused: DataOf<'ChoiceRefused'> = { conflictId, code: 'conflict_resolved' };
const resolution: Resolution = { type: 'compromise', winners: ['12'], losers: ['11'], stakes: ['fees'] };
const gossip: Gossip = {
  itemId: 'gossip-2-11',
  gossipType: 'rumor',
  about: ['11', '12'],
  conflictId,
  truthfulness: 0.5,
  spreadRate: 0.3,
  text,
};

/** One example of the data of every event: for tests, and for services to rehearse with before players come. */
export const examples: { [Type in EventType]: DataOf<Type> } = {
  StoryCreated: { seed: 'harbour-7', contentPack: 'harbour@1', locale: 'en' },
  NpcsRegistered: { npcs: [{ ...maren, relations: [{ npcId: '12', kind: 'rival', strength: -0.4 }] }] },
  ConflictBegan: {
    conflictId,
    conflictType: 'power_crisis',
    context: {
      participants: ['11'],
      location: 'Harbour Hall',
      intensityLevel: 0.6,
      recentEvents: [],
      stakes: ['fees'],
    },
    cast,
  },
  PlayerChoiceMade: { conflictId, turnId: '17', choice, cast },
  ConflictProgressed: { conflictId, intensityDelta: 0.1, momentumDelta: 0, progressDelta: 0.5 },
  StakeholderActed: { ...act, socialAct: 'betray', targetNpcId: '12' },
  ConflictEnded: { conflictId, resolution, cast },
  SceneSynced: { sceneId: '501', npcIds: ['11'], topics: ['succession'], conflictIds: [conflictId], cast },
  ConflictCreated: {
    conflictId,
    conflictType: 'power_crisis',
    name: 'The Empty Chair',
    nameText: text,
    location: null,
    stakes: ['fees'],
    cast,
  },
  ConflictRefused: { conflictId, code: 'conflict_exists' },
  ChoiceApplied: { conflictId, choice, cast, ...moved },
  ChoiceRefused: refused,
  ProgressApplied: { conflictId, ...moved },
  ProgressRefused: refused,
  ActApplied: { ...act, socialAct: null, targetNpcId: null, ...moved, transition: null },
  ActRefused: { conflictId, code: 'not_a_stakeholder' },
  ConflictResolved: { conflictId, name: 'The Empty Chair', resolution, cast },
  ResolutionRefused: refused,
  FlowInitialized: { conflictId, ...flow },
  FlowAdjusted: { conflictId, ...flow, escalation: true },
  TensionChanged: { conflictId, ...change, reason: 'choice' },
  PhaseTransitioned: {
    conflictId,
    itemId: 'transition-2-c1',
    fromPhase: 'rising',
    toPhase: 'confrontation',
    transitionType: 'natural',
    text,
  },
  DramaticBeatOccurred: { conflictId, itemId: 'beat-2-c1', beatType: 'exposition', impact: 0, text },
  TensionBreakingPoint: {
    conflictId,
    itemId: 'breaking-2-c1-power',
    tensionType: 'power',
    severity: 1,
    text,
    consequences: [text, text],
    choices: [text, text, text],
  },
  SceneTensionRead: {
    itemId: 'atmosphere-3',
    score: 0.46,
    level: 'rising',
    dominantType: 'power',
    dominantLevel: 0.75,
    text,
  },
  StakeholderJoined: {
    conflictId,
    npcId: '11',
    name: 'Maren Holt',
    role: 'instigator',
    decisionStyle: 'reactive',
    stress: 0.45,
    commitment: 0.6,
    profile: maren,
  },
  StressChanged: { conflictId, changes: [{ npcId: '11', previousStress: 0.45, stress: 0.6 }] },
  StakeholderReacted: {
    conflictId,
    itemId: 'reaction-2-c1-11',
    npcId: '11',
    reactionType: 'escalate',
    emotionalResponse: 'angry',
    stressDelta: 0.1,
    text,
  },
  RoleAdapted: { conflictId, npcId: '11', previousRole: 'escalator', role: 'peacemaker', reason: 'phase resolution' },
  StakeholderWithdrew: {
    conflictId,
    itemId: 'withdrawal-2-c1-11',
    npcId: '11',
    previousRole: 'instigator',
    role: 'bystander',
    previousStress: 0.9,
    stress: 0.4,
    commitment: 0,
    reason: 'overwhelmed',
    text,
  },
  StakeholdersReleased: { conflictId },
  BehavioursHinted: { hints: [{ itemId: 'behaviour-3-11', npcId: '11', behaviour: 'provocative', text }] },
  GossipStarted: gossip,
  ReputationChanged: {
    npcId: '11',
    changes: [{ trait: 'influential', previousScore: 0.5, score: 0.4 }],
    conflictId,
    cause: 'defeat',
    itemId: 'reputation-4-11',
    text,
  },
  CircleObserved: { gossip: [gossip], reputations: { '11': { influential: 0.4 } } },
};
