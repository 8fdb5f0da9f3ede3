import { z } from 'zod';
import { type Category, streamId } from './ids.ts';
import {
  DecisionStyle,
  EmotionalResponse,
  GossipType,
  Level,
  PacingStyle,
  Phase,
  ReactionType,
  Role,
  SignedLevel,
  TransitionType,
} from './vocabulary.ts';

/** What a model may refine: one row per task, with what the answer must look like and what of it may change anything. */

/** How urgent: the player looks at it now, soon, or perhaps. */
export const Lane = z.enum(['hot', 'warm', 'bulk']);
export type Lane = z.infer<typeof Lane>;

/** TTL by lane: milliseconds from the recording of the message that was decided on, after which a refinement is no use. */
export const LANE_TTL_MS: Record<Lane, number> = { hot: 8_000, warm: 30_000, bulk: 300_000 };

/** The services that ask for refinements and judge the results. */
export const RefinementOwner = z.enum(['conflict-flow', 'stakeholder-actions', 'social-circle']);
export type RefinementOwner = z.infer<typeof RefinementOwner>;

/** Where each owner keeps what it has asked for: a stream per conflict, for the circle one per story. */
const refinementCategories = {
  'conflict-flow': 'flow_refinements',
  'stakeholder-actions': 'stakeholder_refinements',
  'social-circle': 'circle_refinements',
} as const satisfies Record<RefinementOwner, Category>;

/** The stream that holds a refinement of the owner. */
export const refinementStream = (owner: RefinementOwner, storyId: string, conflictId: string | null): string =>
  streamId(refinementCategories[owner], storyId, owner === 'social-circle' ? undefined : (conflictId ?? undefined));

/** Every answer says what it was written for, so that its owner can tell a mix-up. */
const echo = {
  basis: z.int().min(0).describe('Copy `basis` of the facts'),
  mentions: z.array(z.string()).describe('The ids, out of `candidates`, of everyone whom the answer names'),
};
const npcId = z.string().describe('Copy `npcId` of the facts');
const prose = (longest: number, what: string) => z.string().trim().min(1).max(longest).describe(what);

/** Fields that a task may be allowed to change. Nothing numeric is among them: numbers are the rules'. */
export type RefinementField = 'text' | 'emotionalResponse' | 'conditions';

interface TaskSpec {
  readonly owner: RefinementOwner;
  readonly lane: Lane;
  /** Of the file in `apps/llm-gateway/prompts`; a changed text is a new version. */
  readonly promptVersion: number;
  /** Of `output`; raised with every change to it. */
  readonly schemaVersion: number;
  readonly output: z.ZodObject<typeof echo>;
  readonly mayChange: readonly RefinementField[];
  /** Kind of the item whose text it is; null where the result is no text. */
  readonly itemKind: string | null;
  /** What the player has until then, and for good when no refinement comes. */
  readonly fallback: string;
  readonly maxOutputTokens: number;
}

export const refinementTasks = {
  'conflict.name': {
    owner: 'conflict-flow',
    lane: 'warm',
    promptVersion: 1,
    schemaVersion: 1,
    output: z.strictObject({ text: prose(60, 'The name: 2 to 4 words, a title'), ...echo }),
    mayChange: ['text'],
    itemKind: 'name',
    fallback: 'a name of the content pack, by family of the conflict',
    maxOutputTokens: 120,
  },
  'flow.init': {
    owner: 'conflict-flow',
    lane: 'warm',
    promptVersion: 1,
    schemaVersion: 1,
    output: z.strictObject({
      conditions: z.array(z.string()).min(1).max(5).describe('Turns that this conflict may take, a few words each'),
      phase: Phase,
      pacingStyle: PacingStyle,
      intensity: Level,
      momentum: SignedLevel,
      ...echo,
    }),
    mayChange: ['conditions'],
    itemKind: null,
    fallback: 'the start table by type of conflict, without conditions',
    maxOutputTokens: 300,
  },
  'flow.transition': {
    owner: 'conflict-flow',
    lane: 'hot',
    promptVersion: 1,
    schemaVersion: 1,
    output: z.strictObject({
      text: prose(400, 'One or two sentences that tell the turn'),
      transitionType: TransitionType,
      ...echo,
    }),
    mayChange: ['text'],
    itemKind: 'transition',
    fallback: 'a sentence of the content pack, by the two phases',
    maxOutputTokens: 300,
  },
  'flow.beat_prose': {
    owner: 'conflict-flow',
    lane: 'hot',
    promptVersion: 1,
    schemaVersion: 1,
    output: z.strictObject({ text: prose(400, 'One or two sentences that show the moment'), ...echo }),
    mayChange: ['text'],
    itemKind: 'beat',
    fallback: 'a sentence of the content pack, by beat and phase',
    maxOutputTokens: 300,
  },
  'stakeholder.profile': {
    owner: 'stakeholder-actions',
    lane: 'warm',
    promptVersion: 1,
    schemaVersion: 1,
    output: z.strictObject({
      text: prose(400, 'One or two sentences: what the NPC wants here and how it shows'),
      npcId,
      role: Role,
      decisionStyle: DecisionStyle,
      ...echo,
    }),
    mayChange: ['text'],
    itemKind: 'profile',
    fallback: 'a sentence of the content pack, by role',
    maxOutputTokens: 300,
  },
  'stakeholder.reaction': {
    owner: 'stakeholder-actions',
    lane: 'hot',
    promptVersion: 1,
    schemaVersion: 1,
    output: z.strictObject({
      text: prose(400, 'One or two sentences: what the NPC does or says in answer'),
      npcId,
      reactionType: ReactionType,
      emotionalResponse: EmotionalResponse,
      relationshipImpact: SignedLevel,
      stressImpact: SignedLevel,
      ...echo,
    }),
    mayChange: ['text', 'emotionalResponse'],
    itemKind: 'reaction',
    fallback: 'reaction and feeling by role and choice, told by a sentence of the content pack',
    maxOutputTokens: 300,
  },
  'social.gossip': {
    owner: 'social-circle',
    lane: 'warm',
    promptVersion: 1,
    schemaVersion: 1,
    output: z.strictObject({
      text: prose(400, 'The rumour as it is whispered: one or two sentences'),
      npcId,
      gossipType: GossipType,
      truthfulness: Level,
      spreadRate: Level,
      ...echo,
    }),
    mayChange: ['text'],
    itemKind: 'gossip',
    fallback: 'a whisper of the content pack, by occasion and type',
    maxOutputTokens: 300,
  },
  'social.reputation_narration': {
    owner: 'social-circle',
    lane: 'warm',
    promptVersion: 1,
    schemaVersion: 1,
    output: z.strictObject({ text: prose(500, 'How opinion shifts: one to three sentences'), npcId, ...echo }),
    mayChange: ['text'],
    itemKind: 'reputation',
    fallback: 'a sentence of the content pack, by the trait that moved most',
    maxOutputTokens: 400,
  },
} as const satisfies Record<string, TaskSpec>;

export type RefinementTask = keyof typeof refinementTasks;
const isTask = (name: string): name is RefinementTask => Object.hasOwn(refinementTasks, name);
export const REFINEMENT_TASKS = Object.keys(refinementTasks).filter(isTask);
export const RefinementTask = z.enum(REFINEMENT_TASKS);

/** The output of any task, as its schema has read it. */
export type RefinementOutput = {
  [Task in RefinementTask]: z.infer<(typeof refinementTasks)[Task]['output']>;
}[RefinementTask];

/** The task as plain data. */
export const taskOf = (task: RefinementTask): TaskSpec => refinementTasks[task];

const refinedKinds = new Set(REFINEMENT_TASKS.map((task) => taskOf(task).itemKind));

/** Whether a refinement is asked for with each item of the kind, so that its revision 0 is not final. */
export const isRefinedKind = (kind: string): boolean => refinedKinds.has(kind);
