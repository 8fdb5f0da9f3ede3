import {
  Behaviour,
  BeatType,
  ChoiceType,
  EmotionalResponse,
  GossipType,
  Phase,
  ReactionType,
  ReputationTrait,
  Role,
  TensionType,
  TensionWord,
} from '@agon/contracts';
import { z } from 'zod';

/** The words that conditions in a content pack may use: those of the contracts, and a few that only texts know. */

export {
  BeatType as beatType,
  Behaviour as behaviourHint,
  ChoiceType as choiceType,
  EmotionalResponse as emotionalResponse,
  GossipType as gossipType,
  Phase as conflictPhase,
  ReactionType as reactionType,
  ReputationTrait as reputationType,
  Role as stakeholderRole,
  TensionType as tensionType,
  TensionWord as atmosphereLevel,
};

export const conflictFamily = z.enum(['power', 'social', 'romantic', 'economic', 'ideological', 'crisis', 'other']);
export type ConflictFamily = z.infer<typeof conflictFamily>;

export const transitionDirection = z.enum(['forward', 'reversed']);

/** Whether the choice was aimed at the NPC who reacts. */
export const targeted = z.enum(['yes', 'no']);

/** The three ways out that a breaking point offers. */
export const approach = z.enum(['confront', 'compromise', 'step-away']);
export type Approach = z.infer<typeof approach>;

export const gossipOccasion = z.enum(['creation', 'resolution', 'act', 'scene']);
export type GossipOccasion = z.infer<typeof gossipOccasion>;

export const reputationChange = z.enum(['rose', 'fell']);

/** The family of a game's own conflict type: the first family whose name the type contains, else `other`. */
export const conflictFamilyOf = (conflictType: string): ConflictFamily =>
  conflictFamily.options.find((family) => family !== 'other' && conflictType.toLowerCase().includes(family)) ?? 'other';
