import { z } from 'zod';
import { LocalId } from './ids.ts';
import { ActionType, ChoiceType, Level, Pronouns, SignedLevel, SocialAct, Stance, Verb } from './vocabulary.ts';

/** What the game tells Agon. The request bodies of the API and the data of the input events come from here. */

const ShortText = z.string().trim().min(1).max(200);
const Topics = z.array(ShortText).max(16).default([]);

/** What a story knows of an NPC. */
export const NpcProfile = z
  .strictObject({
    npcId: LocalId,
    name: z.string().trim().min(1).max(80),
    pronouns: Pronouns.default('they'),
    traits: z.array(z.string().trim().min(1).max(40)).max(16).default([]),
  })
  .meta({ id: 'NpcProfile' });
export type NpcProfile = z.infer<typeof NpcProfile>;

export const NpcRegistration = NpcProfile.extend({
  relations: z
    .array(z.strictObject({ npcId: LocalId, kind: z.string().trim().min(1).max(40), strength: SignedLevel.default(0) }))
    .max(64)
    .default([])
    .describe('Standing towards other NPCs of the story; strength -1 (enmity) to 1 (devotion)'),
}).meta({ id: 'NpcRegistration' });
export type NpcRegistration = z.infer<typeof NpcRegistration>;

/** Every NPC that an input names, as the story knew it when the input was accepted. */
const cast = z.array(NpcProfile);

export const CreateStoryBody = z
  .strictObject({
    seed: z.string().min(1).max(128).describe('Equal seed and inputs give equal facts'),
    contentPack: z.string().min(1).max(80).default('harbour@1'),
    locale: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'must be a language tag such as en or en-GB')
      .default('en'),
  })
  .meta({ id: 'CreateStory' });
export type CreateStoryBody = z.infer<typeof CreateStoryBody>;

export const RegisterNpcsBody = z
  .strictObject({ npcs: z.array(NpcRegistration).min(1).max(200) })
  .meta({ id: 'RegisterNpcs' });
export type RegisterNpcsBody = z.infer<typeof RegisterNpcsBody>;

export const ConflictContext = z.strictObject({
  participants: z
    .array(LocalId)
    .min(1)
    .max(5)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name an NPC twice')
    .describe('Registered NPCs; each becomes a stakeholder'),
  location: ShortText.optional(),
  locationId: LocalId.optional(),
  sceneType: ShortText.optional(),
  activity: ShortText.optional(),
  intensityLevel: Level.optional().describe('Colours the name only; the flow starts from the type'),
  tensionSource: ShortText.optional(),
  recentEvents: Topics,
  stakes: Topics,
});

export const CreateConflictBody = z
  .strictObject({
    conflictId: LocalId.optional().describe('Chosen by Agon when absent: c1, c2, …'),
    conflictType: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be lower-case words joined by _, such as power_crisis'),
    context: ConflictContext,
  })
  .meta({ id: 'CreateConflict' });
export type CreateConflictBody = z.infer<typeof CreateConflictBody>;

export const Choice = z
  .strictObject({
    id: LocalId.optional(),
    text: z.string().trim().min(1).max(500).describe("The player's words; never trusted, never executed"),
    choiceType: ChoiceType,
    stance: Stance.default('neutral'),
    impact: z
      .strictObject({ escalate: z.boolean().default(false), deEscalate: z.boolean().default(false) })
      .refine((impact) => !(impact.escalate && impact.deEscalate), 'escalate and deEscalate exclude each other')
      .prefault({}),
    targetNpcId: LocalId.optional(),
    tags: z.array(z.string().trim().min(1).max(40)).max(16).default([]),
    verb: Verb.optional(),
  })
  .meta({ id: 'Choice' });
export type Choice = z.infer<typeof Choice>;

export const MakeChoiceBody = z
  .strictObject({ turnId: LocalId.optional(), sceneKey: LocalId.optional(), choice: Choice })
  .meta({ id: 'MakeChoice' });
export type MakeChoiceBody = z.infer<typeof MakeChoiceBody>;

const deltas = {
  intensityDelta: SignedLevel.default(0),
  momentumDelta: SignedLevel.default(0),
  progressDelta: SignedLevel.default(0),
};

export const ProgressConflict = z
  .strictObject({ type: z.literal('ConflictProgressed'), ...deltas, reason: ShortText.optional() })
  .refine((p) => p.intensityDelta !== 0 || p.momentumDelta !== 0 || p.progressDelta !== 0, {
    message: 'at least one of intensityDelta, momentumDelta, progressDelta must not be 0',
  });

const act = {
  npcId: LocalId,
  actionType: ActionType,
  socialAct: SocialAct.optional(),
  targetNpcId: LocalId.optional(),
  successProbability: Level.default(0.5).describe('Scales what the act does to tension'),
  description: ShortText.optional(),
};

export const ActInConflict = z.strictObject({ type: z.literal('StakeholderActed'), ...act });
export type ActInConflict = z.infer<typeof ActInConflict>;

export const ConflictEventBody = z
  .discriminatedUnion('type', [ProgressConflict, ActInConflict])
  .meta({ id: 'ConflictEvent' });
export type ConflictEventBody = z.infer<typeof ConflictEventBody>;

export const SyncSceneBody = z
  .strictObject({
    sceneId: LocalId.optional(),
    locationId: LocalId.optional(),
    npcIds: z.array(LocalId).max(32).default([]).describe('Who is present'),
    topics: Topics,
    activity: ShortText.optional(),
    timeOfDay: ShortText.optional(),
    conflictIds: z
      .array(LocalId)
      .max(16)
      .optional()
      .describe('Defaults to the 16 newest conflicts that have not ended'),
  })
  .meta({ id: 'SyncScene' });
export type SyncSceneBody = z.infer<typeof SyncSceneBody>;

export const Resolution = z
  .strictObject({
    type: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be lower-case words joined by _, such as compromise'),
    winners: z.array(LocalId).max(16).default([]),
    losers: z.array(LocalId).max(16).default([]),
    stakes: Topics,
  })
  .refine((r) => r.winners.every((id) => !r.losers.includes(id)), 'nobody can both win and lose')
  .meta({ id: 'Resolution' });
export type Resolution = z.infer<typeof Resolution>;

export const ResolveConflictBody = z.strictObject({ resolution: Resolution }).meta({ id: 'ResolveConflict' });
export type ResolveConflictBody = z.infer<typeof ResolveConflictBody>;

const conflictId = LocalId;

/** Data of the input events, by type. */
export const gameEvents = {
  StoryCreated: CreateStoryBody,
  NpcsRegistered: z.object({ npcs: z.array(NpcRegistration) }),
  ConflictBegan: z.object({
    conflictId,
    conflictType: z.string(),
    context: ConflictContext,
    cast,
  }),
  PlayerChoiceMade: z.object({
    conflictId,
    turnId: LocalId.optional(),
    sceneKey: LocalId.optional(),
    choice: Choice,
    cast,
  }),
  ConflictProgressed: z.object({ conflictId, ...deltas, reason: ShortText.optional() }),
  StakeholderActed: z.object({ conflictId, ...act, cast }),
  ConflictEnded: z.object({ conflictId, resolution: Resolution, cast }),
  SceneSynced: SyncSceneBody.extend({ conflictIds: z.array(LocalId).max(16), cast }),
};
