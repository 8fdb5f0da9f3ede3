import type { DataOf, NpcProfile } from '@agon/contracts';
import { type Ask, castFor } from '@agon/refinements';
import type { CircleEvent } from '../circle/circle.ts';

/** What a model is asked for with the facts of one decision: how a whisper runs, how opinion of somebody shifts. */
export const asksOf = (facts: readonly CircleEvent[], cast: readonly NpcProfile[]): Ask[] =>
  facts.flatMap((fact): Ask[] => {
    switch (fact.type) {
      case 'GossipStarted':
        return [gossipOf(fact.data, cast)];
      case 'ReputationChanged':
        return [narrationOf(fact.data, cast)];
      default:
        return [];
    }
  });

function gossipOf(
  { itemId, gossipType, about, conflictId, truthfulness, spreadRate, text }: DataOf<'GossipStarted'>,
  cast: readonly NpcProfile[],
): Ask {
  const npcId = about[0] ?? null;
  return {
    task: 'social.gossip',
    id: itemId,
    key: String(npcId),
    conflictId,
    npcId,
    variables: {},
    current: { text: text.text, gossipType, truthfulness, spreadRate },
    ...castFor(cast, about),
  };
}

const narrationOf = (
  { itemId, npcId, changes, conflictId, cause, text }: DataOf<'ReputationChanged'>,
  cast: readonly NpcProfile[],
): Ask => ({
  task: 'social.reputation_narration',
  id: itemId,
  key: npcId,
  conflictId,
  npcId,
  variables: {
    cause,
    shifts: changes.map(({ trait, previousScore, score }) => `${trait} ${score > previousScore ? 'rose' : 'fell'}`),
  },
  current: { text: text.text },
  ...castFor(cast, [npcId]),
});
