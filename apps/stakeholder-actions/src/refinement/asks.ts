import { type Choice, type DataOf, type NpcProfile, profileItemId } from '@agon/contracts';
import { type Ask, castFor } from '@agon/refinements';
import type { StakeholdersEvent, StakeholdersState } from '../stakeholders/stakeholders.ts';

/** What a model is asked for with the facts of one decision: who somebody is here, and how somebody reacts. */
export function asksOf(
  { members }: StakeholdersState,
  facts: readonly StakeholdersEvent[],
  choice: Choice | undefined,
): Ask[] {
  const joined = facts.flatMap((fact) => (fact.type === 'StakeholderJoined' ? [fact.data.profile] : []));
  const cast = [...members.map(({ profile }) => profile), ...joined];
  return facts.flatMap((fact): Ask[] => {
    if (fact.type === 'StakeholderJoined') return profileOf(fact.data, cast);
    if (fact.type !== 'StakeholderReacted' || choice === undefined) return [];
    const who = members.find(({ npcId }) => npcId === fact.data.npcId);
    return who === undefined ? [] : [reactionOf(fact.data, who, choice, cast)];
  });
}

function profileOf(
  { conflictId, npcId, role, decisionStyle, profile, text }: DataOf<'StakeholderJoined'>,
  cast: readonly NpcProfile[],
): Ask[] {
  if (text === undefined) return [];
  return [
    {
      task: 'stakeholder.profile',
      id: profileItemId(conflictId, npcId),
      key: `${conflictId}/${npcId}`,
      conflictId,
      npcId,
      variables: { name: profile.name, pronouns: profile.pronouns, traits: profile.traits },
      current: { text: text.text, role, decisionStyle },
      ...castFor(cast, [npcId]),
    },
  ];
}

const reactionOf = (
  { conflictId, itemId, npcId, reactionType, emotionalResponse, text }: DataOf<'StakeholderReacted'>,
  { role, decisionStyle, profile }: StakeholdersState['members'][number],
  choice: Choice,
  cast: readonly NpcProfile[],
): Ask => ({
  task: 'stakeholder.reaction',
  id: itemId,
  key: `${conflictId}/${npcId}`,
  conflictId,
  npcId,
  variables: {
    name: profile.name,
    pronouns: profile.pronouns,
    traits: profile.traits,
    role,
    decisionStyle,
    choiceType: choice.choiceType,
    stance: choice.stance,
    addressed: choice.targetNpcId === npcId,
  },
  current: { text: text.text, reactionType, emotionalResponse },
  untrusted: [{ field: 'choice', text: choice.text }],
  ...castFor(cast, [npcId, choice.targetNpcId]),
});
