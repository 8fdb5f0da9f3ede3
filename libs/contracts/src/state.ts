import { z } from 'zod';
import { Flow, Gossip, Reputation } from './domain-events.ts';
import { LocalId, StoryId } from './ids.ts';
import { DecisionStyle, EmotionalResponse, Level, Role, TensionLevels } from './vocabulary.ts';

/** What a client reads: a snapshot equal to the fold of the feed up to its position. */

export const StakeholderView = z
  .object({
    npcId: LocalId,
    name: z.string(),
    role: Role,
    decisionStyle: DecisionStyle,
    stress: Level,
    commitment: Level,
    latestItem: z.string().nullable().describe('Its newest reaction or withdrawal'),
    emotion: EmotionalResponse.nullable().describe('What its newest reaction shows'),
  })
  .meta({ id: 'Stakeholder' });
export type StakeholderView = z.infer<typeof StakeholderView>;

/** Owned by conflict-flow. */
export const ConflictBoard = z.object({
  conflictId: LocalId,
  name: z.string(),
  conflictType: z.string(),
  status: z.enum(['open', 'resolved']),
  flow: Flow.nullable(),
  tension: TensionLevels,
  beats: z.int(),
  conditions: z.array(z.string()).describe('Turns that the conflict may take'),
  resolution: z.object({ type: z.string(), winners: z.array(LocalId), losers: z.array(LocalId) }).nullable(),
});
export type ConflictBoard = z.infer<typeof ConflictBoard>;

/** Owned by stakeholder-actions. */
export const StakeholderBoard = z.object({ conflictId: LocalId, stakeholders: z.array(StakeholderView) });
export type StakeholderBoard = z.infer<typeof StakeholderBoard>;

/** Owned by social-circle. */
export const SocialBoard = z.object({ gossip: z.array(Gossip), reputations: z.record(LocalId, Reputation) });
export type SocialBoard = z.infer<typeof SocialBoard>;

export const ConflictView = ConflictBoard.extend({ stakeholders: z.array(StakeholderView) }).meta({ id: 'Conflict' });
export type ConflictView = z.infer<typeof ConflictView>;

export const StoryState = z
  .object({
    storyId: StoryId,
    position: z.int().describe('Every event up to here is in the state'),
    stale: z.boolean().describe('True when `after` was not reached in time'),
    missing: z.array(z.string()).describe('Services that could not be asked; their part is empty'),
    conflicts: z.array(ConflictView),
    circle: SocialBoard,
  })
  .meta({ id: 'StoryState' });
export type StoryState = z.infer<typeof StoryState>;

/** A service's answer to a query for one of its boards. */
export const BoardQuery = z.object({ storyId: StoryId, after: z.int().min(0) });
export type BoardQuery = z.infer<typeof BoardQuery>;
export const boardAnswer = <T extends z.ZodType>(board: T) =>
  z.object({ position: z.int(), stale: z.boolean(), boards: z.array(board) });
