import { z } from 'zod';
import { LocalId } from './ids.ts';
import { Lane, RefinementOwner, RefinementTask } from './refinement-tasks.ts';
import { BoardQuery } from './state.ts';
import { Text } from './text.ts';
import { EmotionalResponse } from './vocabulary.ts';

/** From the request for a better text to its settlement, which comes exactly once. */

const json = z.record(z.string(), z.json());

/** Someone whom an answer may name, or must not. */
export const NamedNpc = z.object({ npcId: LocalId, name: z.string() });
export type NamedNpc = z.infer<typeof NamedNpc>;

/** What a refinement is of. Ids are local to the story. */
const subject = {
  refinementId: z.string().regex(/^[A-Za-z0-9_-]{1,200}$/),
  task: RefinementTask,
  conflictId: LocalId.nullable(),
  itemId: z.string().nullable().describe('The item whose text it is; null where the result is no text'),
  kind: z.string().nullable().describe('Kind of the item'),
  npcId: LocalId.nullable().describe('Whom it is about'),
};

export const RefinementRequest = z.object({
  ...subject,
  owner: RefinementOwner,
  lane: Lane,
  key: z.string().describe('What is refined: of two requests with one key the newer supersedes the older'),
  prompt: z.object({ id: z.string(), version: z.int() }),
  schema: z.object({ id: z.string(), version: z.int() }),
  /** The item's revision that the refinement would replace. */
  revision: z.int().min(0),
  /** What the prompt tells of the situation. */
  variables: json,
  /** The fields of the fast answer; only some of them may change. */
  current: json,
  /** Words of the player: data in every prompt, never instructions. */
  untrusted: z.array(z.object({ field: z.string(), text: z.string() })),
  /** Whom the answer may name. */
  candidates: z.array(NamedNpc),
  /** Others of the story, whom it must not name. */
  others: z.array(NamedNpc),
  contextHash: z.string(),
  /** Ordinal, in its story, of the input that all this goes back to. */
  turn: z.int(),
  /** Asked for with the end of its conflict: may be refined although that is closed. */
  outlivesConflict: z.boolean(),
  deadline: z.iso.datetime(),
  budget: z.object({ maxOutputTokens: z.int().positive() }),
});
export type RefinementRequest = z.infer<typeof RefinementRequest>;

/** Why no model has answered. */
export const FailureReason = z.enum([
  'off',
  'overload',
  'breaker_open',
  'rate_limited',
  'quota',
  'unauthorized',
  'provider_error',
  'timeout',
  'stalled',
  'cut',
  'schema_invalid',
  'refusal',
  'incomplete',
  'bad_request',
]);
export type FailureReason = z.infer<typeof FailureReason>;

/** Why the owner has turned an answer down. */
export const RejectionReason = z.enum([
  'conflict_closed',
  'wrong_schema',
  'stale',
  'unknown_id',
  'wrong_entity',
  'unchanged',
]);
export type RejectionReason = z.infer<typeof RejectionReason>;

export const RefinementChanges = z.object({
  text: Text.optional(),
  emotionalResponse: EmotionalResponse.optional(),
  conditions: z.array(z.string()).optional(),
});
export type RefinementChanges = z.infer<typeof RefinementChanges>;

/** What every settlement says. `final`: no further revision of the item will come. */
const settled = { ...subject, revision: z.int().min(0), final: z.literal(true) };

/** Appended by the owner of the refinement, to a stream of its own. */
export const refinementEvents = {
  RefinementRequested: RefinementRequest,
  RefinementAccepted: z.object({
    ...settled,
    replaces: z.int().min(0),
    late: z.boolean().describe('The moment is past (hot tasks only): for the journal, not for the screen'),
    changes: RefinementChanges,
    refused: z
      .array(z.object({ field: z.string(), reason: z.string() }))
      .describe('Fields of the answer that were not applied'),
    source: z.string().describe('The model that wrote it'),
  }),
  RefinementRejected: z.object({ ...settled, reason: RejectionReason, detail: z.string() }),
  RefinementSuperseded: z.object({ ...settled, by: z.string().describe('The newer refinement of the same thing') }),
  RefinementExpired: z.object(settled),
  RefinementFailed: z.object({ ...settled, reason: FailureReason }),
};

/** Appended by the llm-gateway: what the model said, or that it said nothing. */
export const modelEvents = {
  RefinementAnswered: z.object({
    refinementId: subject.refinementId,
    task: RefinementTask,
    owner: RefinementOwner,
    conflictId: subject.conflictId,
    output: json,
    provenance: z.object({
      provider: z.string(),
      model: z.string(),
      responseId: z.string().nullable(),
      promptId: z.string(),
      promptVersion: z.int(),
      promptHash: z.string(),
      schemaId: z.string(),
      schemaVersion: z.int(),
    }),
    usage: z.object({ inputTokens: z.int().min(0), outputTokens: z.int().min(0) }).nullable(),
    timing: z
      .object({ queuedMs: z.int().min(0), firstTokenMs: z.int().min(0).nullable(), callMs: z.int().min(0) })
      .describe('Milliseconds: in its lane, from call to first token, from call to the end'),
  }),
  RefinementsDeclined: z.object({
    refinements: z
      .array(
        z.object({
          refinementId: subject.refinementId,
          owner: RefinementOwner,
          conflictId: subject.conflictId,
          reason: FailureReason,
        }),
      )
      .min(1),
  }),
};

/** Where a refinement stands. */
export const RefinementStatusWord = z.enum(['open', 'accepted', 'rejected', 'superseded', 'expired', 'failed']);
export type RefinementStatusWord = z.infer<typeof RefinementStatusWord>;

/** How a refinement can end, by the event that says so. */
export const SETTLEMENTS = {
  RefinementAccepted: 'accepted',
  RefinementRejected: 'rejected',
  RefinementSuperseded: 'superseded',
  RefinementExpired: 'expired',
  RefinementFailed: 'failed',
} as const satisfies Record<Exclude<keyof typeof refinementEvents, 'RefinementRequested'>, RefinementStatusWord>;
export type SettlementType = keyof typeof SETTLEMENTS;

/** Whether an event of the type settles a refinement. */
export const isSettlementType = (type: string): type is SettlementType => Object.hasOwn(SETTLEMENTS, type);
export const SETTLEMENT_TYPES = Object.keys(SETTLEMENTS).filter(isSettlementType);

const REFINEMENT_TYPES = new Set([...Object.keys(refinementEvents), ...Object.keys(modelEvents)]);

/** Whether events of the type belong to the refining of texts: facts never depend on them. */
export const isRefinementType = (type: string): boolean => REFINEMENT_TYPES.has(type);

/** Where one refinement stands, as its owner tells it. */
export const RefinementStatus = z
  .object({
    ...subject,
    lane: Lane,
    status: RefinementStatusWord,
    reason: z.string().nullable(),
    deadline: z.iso.datetime(),
    requestedAt: z.iso.datetime(),
    settledAt: z.iso.datetime().nullable(),
    source: z.string().nullable().describe('The model, when accepted'),
  })
  .meta({ id: 'RefinementStatus' });
export type RefinementStatus = z.infer<typeof RefinementStatus>;

/** A question for an owner's refinements of a story: those that stand so, the newest of them. */
export const RefinementsQuery = BoardQuery.extend({ status: RefinementStatusWord.optional() });
export type RefinementsQuery = z.infer<typeof RefinementsQuery>;

/** Refinements that one owner tells of at most, the newest: what a message of the broker holds. */
export const REFINEMENTS_TOLD = 1_000;

/** A draft of a text that a model is writing: what it holds so far. Not judged yet, never stored, may be lost. */
export const RefinementDelta = z
  .object({
    refinementId: subject.refinementId,
    itemId: z.string(),
    revision: z.int().min(1).describe('The revision that the text would become'),
    sequence: z.int().min(0).describe('Rises within one refinement; a lower one is old'),
    text: z.string().describe('The whole text so far'),
  })
  .meta({ id: 'RefinementDelta' });
export type RefinementDelta = z.infer<typeof RefinementDelta>;
