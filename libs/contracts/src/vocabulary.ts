import { z } from 'zod';

/** The shared words of the domain. Ranges: levels, stress, commitment, intensity 0..1; momentum -1..1. */

export const PHASES = [
  'seeds',
  'emerging',
  'rising',
  'confrontation',
  'climax',
  'falling',
  'resolution',
  'aftermath',
] as const;
export const Phase = z.enum(PHASES).meta({ id: 'Phase' });
export type Phase = z.infer<typeof Phase>;

export const PacingStyle = z
  .enum(['slow_burn', 'rapid_escalation', 'waves', 'steady', 'erratic'])
  .meta({ id: 'PacingStyle' });
export type PacingStyle = z.infer<typeof PacingStyle>;

export const TransitionType = z.enum(['natural', 'triggered', 'forced', 'stalled', 'reversed']);
export type TransitionType = z.infer<typeof TransitionType>;

export const BeatType = z.enum(['climax', 'resolution', 'exposition', 'complication', 'moment']);
export type BeatType = z.infer<typeof BeatType>;

/** Order matters: of two axes at the same level the first is the dominant one. */
export const TENSION_TYPES = [
  'power',
  'social',
  'romantic',
  'emotional',
  'compulsion',
  'vital',
  'economic',
  'ideological',
  'territorial',
] as const;
export const TensionType = z.enum(TENSION_TYPES).meta({ id: 'TensionType' });
export type TensionType = z.infer<typeof TensionType>;

export const TensionWord = z.enum(['baseline', 'simmering', 'rising', 'high', 'critical']);
export type TensionWord = z.infer<typeof TensionWord>;

export const Role = z
  .enum(['instigator', 'defender', 'mediator', 'opportunist', 'victim', 'bystander', 'escalator', 'peacemaker'])
  .meta({ id: 'Role' });
export type Role = z.infer<typeof Role>;

export const DecisionStyle = z.enum(['emotional', 'rational', 'instinctive', 'calculating', 'reactive', 'principled']);
export type DecisionStyle = z.infer<typeof DecisionStyle>;

export const ActionType = z
  .enum(['aggressive', 'defensive', 'diplomatic', 'manipulative', 'supportive', 'evasive', 'observant', 'strategic'])
  .meta({ id: 'ActionType' });
export type ActionType = z.infer<typeof ActionType>;

/** What an act means to the circle; it changes the standing of the one who acts. */
export const SocialAct = z.enum(['betray', 'support', 'oppose']);
export type SocialAct = z.infer<typeof SocialAct>;

export const ReactionType = z.enum(['counter', 'support', 'ignore', 'escalate', 'de-escalate', 'observe']);
export type ReactionType = z.infer<typeof ReactionType>;

export const EmotionalResponse = z.enum(['neutral', 'angry', 'fearful', 'surprised', 'relieved']);
export type EmotionalResponse = z.infer<typeof EmotionalResponse>;

export const Behaviour = z.enum([
  'agitated',
  'tense',
  'diplomatic',
  'provocative',
  'protective',
  'calculating',
  'observant',
]);
export type Behaviour = z.infer<typeof Behaviour>;

export const ChoiceType = z
  .enum([
    'aggressive',
    'confrontational',
    'escalating',
    'diplomatic',
    'supportive',
    'manipulative',
    'evasive',
    'neutral',
  ])
  .meta({ id: 'ChoiceType' });
export type ChoiceType = z.infer<typeof ChoiceType>;

export const Stance = z.enum(['yield', 'resist', 'negotiate', 'neutral']).meta({ id: 'Stance' });
export type Stance = z.infer<typeof Stance>;

export const Verb = z.enum(['reveal_secret', 'threaten', 'hint_at_leverage', 'press_advantage']);
export type Verb = z.infer<typeof Verb>;

export const GossipType = z.enum(['rumor', 'secret', 'scandal', 'praise', 'warning', 'speculation']);
export type GossipType = z.infer<typeof GossipType>;

export const ReputationTrait = z
  .enum([
    'trustworthy',
    'deferential',
    'rebellious',
    'mysterious',
    'influential',
    'scandalous',
    'nurturing',
    'dangerous',
  ])
  .meta({ id: 'ReputationTrait' });
export type ReputationTrait = z.infer<typeof ReputationTrait>;

export const Pronouns = z.enum(['she', 'he', 'they', 'it']).meta({ id: 'Pronouns' });
export type Pronouns = z.infer<typeof Pronouns>;

export const Level = z.number().min(0).max(1);
export const SignedLevel = z.number().min(-1).max(1);

/** Levels by axis; an axis that is not named stands at 0. */
export const TensionLevels = z.partialRecord(TensionType, Level).meta({ id: 'TensionLevels' });
export type TensionLevels = z.infer<typeof TensionLevels>;
