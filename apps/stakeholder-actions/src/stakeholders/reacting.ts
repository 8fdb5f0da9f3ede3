import type { Choice, ChoiceType, EmotionalResponse, ReactionType, Role } from '@agon/contracts';
import type { Random } from '@agon/narrative';
import type { Stakeholder } from './joining.ts';

/** How a stakeholder takes a choice. */
export interface Reaction {
  readonly reactionType: ReactionType;
  readonly emotionalResponse: EmotionalResponse;
}

type Temper = 'hostile' | 'friendly' | 'guarded';
type Pair = readonly [ReactionType, EmotionalResponse];
/** What one does who is addressed, and what one does who looks on. */
type Row = readonly [addressed: Pair, onlooking: Pair];

const TEMPER: Record<ChoiceType, Temper> = {
  aggressive: 'hostile',
  confrontational: 'hostile',
  escalating: 'hostile',
  manipulative: 'guarded',
  diplomatic: 'friendly',
  supportive: 'friendly',
  evasive: 'guarded',
  neutral: 'guarded',
};

const HOSTILE: Record<Role, Row> = {
  instigator: [
    ['escalate', 'angry'],
    ['escalate', 'angry'],
  ],
  escalator: [
    ['escalate', 'angry'],
    ['escalate', 'surprised'],
  ],
  defender: [
    ['counter', 'angry'],
    ['counter', 'surprised'],
  ],
  opportunist: [
    ['counter', 'surprised'],
    ['observe', 'neutral'],
  ],
  mediator: [
    ['de-escalate', 'surprised'],
    ['de-escalate', 'fearful'],
  ],
  peacemaker: [
    ['de-escalate', 'fearful'],
    ['de-escalate', 'neutral'],
  ],
  victim: [
    ['ignore', 'fearful'],
    ['observe', 'fearful'],
  ],
  bystander: [
    ['observe', 'surprised'],
    ['observe', 'neutral'],
  ],
};

const FRIENDLY: Record<Role, Row> = {
  instigator: [
    ['counter', 'surprised'],
    ['counter', 'neutral'],
  ],
  escalator: [
    ['ignore', 'surprised'],
    ['escalate', 'neutral'],
  ],
  defender: [
    ['de-escalate', 'relieved'],
    ['observe', 'relieved'],
  ],
  opportunist: [
    ['support', 'neutral'],
    ['observe', 'neutral'],
  ],
  mediator: [
    ['support', 'relieved'],
    ['support', 'relieved'],
  ],
  peacemaker: [
    ['support', 'relieved'],
    ['support', 'relieved'],
  ],
  victim: [
    ['support', 'relieved'],
    ['observe', 'relieved'],
  ],
  bystander: [
    ['support', 'surprised'],
    ['observe', 'neutral'],
  ],
};

const GUARDED: Record<Role, Row> = {
  instigator: [
    ['counter', 'neutral'],
    ['escalate', 'neutral'],
  ],
  escalator: [
    ['escalate', 'surprised'],
    ['observe', 'neutral'],
  ],
  defender: [
    ['observe', 'neutral'],
    ['observe', 'neutral'],
  ],
  opportunist: [
    ['observe', 'surprised'],
    ['observe', 'neutral'],
  ],
  mediator: [
    ['de-escalate', 'neutral'],
    ['observe', 'neutral'],
  ],
  peacemaker: [
    ['de-escalate', 'neutral'],
    ['observe', 'neutral'],
  ],
  victim: [
    ['ignore', 'fearful'],
    ['ignore', 'neutral'],
  ],
  bystander: [
    ['ignore', 'neutral'],
    ['observe', 'neutral'],
  ],
};

const ROWS: Record<Temper, Record<Role, Row>> = { hostile: HOSTILE, friendly: FRIENDLY, guarded: GUARDED };

/** Who reacts: the one addressed, mediators and instigators always; others as committed as they are (0..1). */
export function reacts(who: Stakeholder, choice: Choice, random: Random): boolean {
  if (who.npcId === choice.targetNpcId) return true;
  if (who.role === 'mediator' || who.role === 'instigator') return true;
  return random.chance(who.commitment);
}

export function reactionOf(who: Stakeholder, choice: Choice): Reaction {
  const [addressed, onlooking] = ROWS[TEMPER[choice.choiceType]][who.role];
  const [reactionType, emotionalResponse] = who.npcId === choice.targetNpcId ? addressed : onlooking;
  return { reactionType, emotionalResponse };
}

/** A hostile choice strains those who react to it. */
export const strain = (choice: Choice): number => (TEMPER[choice.choiceType] === 'hostile' ? 0.1 : 0);
