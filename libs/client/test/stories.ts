import { type DataOf, type FeedEntry, type Item, type RefinementTask, examples } from '@agon/contracts';

const text = { key: 'k', params: {}, text: 'Something is said.' };
const flow = { phase: 'rising', pacingStyle: 'steady', intensity: 0.5, momentum: 0.1, phaseProgress: 0 } as const;
const profile = { npcId: '11', name: 'Maren Holt', pronouns: 'she', traits: [] } as const;

export type Sparse = {
  [K in FeedEntry['type']]: { type: K; data: Extract<FeedEntry, { type: K }>['data'] };
}[FeedEntry['type']];

/** Gives facts the positions 1, 2, 3, … */
export const entriesOf = (facts: readonly Sparse[]): FeedEntry[] =>
  facts.map((fact, at) => ({ ...fact, position: at + 1, items: [] }));

export const created = (conflictId: string): Sparse => ({
  type: 'ConflictCreated',
  data: {
    conflictId,
    conflictType: 'power_crisis',
    name: `Conflict ${conflictId}`,
    nameText: text,
    location: null,
    stakes: [],
    cast: [],
  },
});

export const begun = (conflictId: string): Sparse => ({ type: 'FlowInitialized', data: { conflictId, ...flow } });

export const adjusted = (conflictId: string, momentum: number): Sparse => ({
  type: 'FlowAdjusted',
  data: { conflictId, ...flow, momentum, escalation: true },
});

export const tense = (conflictId: string, newLevel: number): Sparse => ({
  type: 'TensionChanged',
  data: { conflictId, tensionType: 'power', previousLevel: 0, newLevel, delta: newLevel, reason: 'choice' },
});

export const beat = (conflictId: string): Sparse => ({
  type: 'DramaticBeatOccurred',
  data: { conflictId, itemId: 'beat-1', beatType: 'moment', impact: 0, text },
});

export const joined = (conflictId: string, npcId: string): Sparse => ({
  type: 'StakeholderJoined',
  data: {
    conflictId,
    npcId,
    name: `NPC ${npcId}`,
    role: 'instigator',
    decisionStyle: 'reactive',
    stress: 0.45,
    commitment: 0.6,
    profile: { ...profile, traits: [], npcId },
  },
});

export const stressed = (conflictId: string, npcId: string, stress: number): Sparse => ({
  type: 'StressChanged',
  data: { conflictId, changes: [{ npcId, previousStress: 0, stress }] },
});

export const reacted = (conflictId: string, npcId: string, itemId: string): Sparse => ({
  type: 'StakeholderReacted',
  data: {
    conflictId,
    itemId,
    npcId,
    reactionType: 'counter',
    emotionalResponse: 'angry',
    stressDelta: 0.1,
    text,
  },
});

export const adapted = (conflictId: string, npcId: string): Sparse => ({
  type: 'RoleAdapted',
  data: { conflictId, npcId, previousRole: 'instigator', role: 'victim', reason: 'phase climax' },
});

export const withdrew = (conflictId: string, npcId: string): Sparse => ({
  type: 'StakeholderWithdrew',
  data: {
    conflictId,
    itemId: `withdrawal-${npcId}`,
    npcId,
    previousRole: 'instigator',
    role: 'bystander',
    previousStress: 0.9,
    stress: 0.4,
    commitment: 0,
    reason: 'overwhelmed',
    text,
  },
});

export const whispered = (itemId: string): Sparse => ({
  type: 'GossipStarted',
  data: { itemId, gossipType: 'rumor', about: ['11'], conflictId: null, truthfulness: 0.5, spreadRate: 0.3, text },
});

export const judged = (npcId: string, score: number): Sparse => ({
  type: 'ReputationChanged',
  data: {
    npcId,
    changes: [{ trait: 'influential', previousScore: 0.5, score }],
    conflictId: null,
    cause: 'victory',
    itemId: 'reputation-1',
    text,
  },
});

export const resolved = (conflictId: string): Sparse => ({
  type: 'ConflictResolved',
  data: {
    conflictId,
    name: `Conflict ${conflictId}`,
    resolution: { type: 'compromise', winners: ['12'], losers: ['11'], stakes: ['fees'] },
    cast: [],
  },
});

export const hinted = (): Sparse => ({ type: 'BehavioursHinted', data: { hints: [] } });

/** A refinement of the conflict that was accepted; the task says what of it changes. */
export const refined = (task: RefinementTask, of: Partial<DataOf<'RefinementAccepted'>>): Sparse => ({
  type: 'RefinementAccepted',
  data: { ...examples.RefinementAccepted, task, conflictId: 'c1', ...of },
});

/** The other ways in which a refinement of the item may end. */
export const unrefined = (itemId: string | null): Sparse[] => [
  { type: 'RefinementRejected', data: { ...examples.RefinementRejected, itemId } },
  { type: 'RefinementSuperseded', data: { ...examples.RefinementSuperseded, itemId } },
  { type: 'RefinementExpired', data: { ...examples.RefinementExpired, itemId } },
  { type: 'RefinementFailed', data: { ...examples.RefinementFailed, itemId } },
];

export const itemOf = (itemId: string, of: Partial<Item> = {}): Item => ({
  itemId,
  revision: 0,
  final: false,
  kind: 'beat',
  npcId: null,
  ...text,
  source: 'rules',
  ...of,
});
