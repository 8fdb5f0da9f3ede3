import type { DecisionStyle, NpcProfile, Role } from '@agon/contracts';
import type { Random } from '@agon/narrative';

/** An NPC's part in one conflict. Stress and commitment are 0..1. */
export interface Stakeholder {
  readonly npcId: string;
  readonly name: string;
  readonly role: Role;
  readonly decisionStyle: DecisionStyle;
  readonly stress: number;
  readonly commitment: number;
  readonly profile: NpcProfile;
}

/** Sides of a conflict, by a word in its type. */
const SIDES: readonly (readonly [word: string, roles: readonly [Role, ...Role[]]])[] = [
  ['power', ['instigator', 'defender', 'opportunist']],
  ['social', ['mediator', 'bystander', 'escalator']],
];

const STYLE: Record<Role, DecisionStyle> = {
  instigator: 'reactive',
  defender: 'rational',
  mediator: 'principled',
  opportunist: 'calculating',
  victim: 'emotional',
  peacemaker: 'principled',
  escalator: 'reactive',
  bystander: 'reactive',
};

/**
 * Gives everyone a part. Roles are dealt from a shuffled deck of the type's sides and dealt again when it is
 * empty, so that a conflict always has its sides before it has two of one.
 */
export function joining(conflictType: string, cast: readonly NpcProfile[], random: Random): Stakeholder[] {
  const sides = SIDES.find(([word]) => conflictType.includes(word))?.[1];
  const deck: Role[] = [];
  return cast.map((profile) => {
    if (sides !== undefined && deck.length === 0) deck.push(...random.shuffle(sides));
    const role = deck.shift() ?? 'bystander';
    return { npcId: profile.npcId, name: profile.name, role, profile, decisionStyle: STYLE[role], ...startOf(role) };
  });
}

/** Those who push start stressed, those who are drawn in are less committed. */
function startOf(role: Role): { stress: number; commitment: number } {
  const pushing = role === 'instigator' || role === 'escalator';
  const drawnIn = role === 'bystander' || role === 'victim';
  return { stress: pushing ? 0.45 : 0.3, commitment: drawnIn ? 0.4 : 0.6 };
}
