import type { FeedState } from '@agon/client';

/**
 * What a reader of the stream knows without what a model may have put into it: the same in every story that is played
 * with the same seed. Positions are those of a partition, which other stories share.
 */
export function factsOf({ conflicts, circle }: FeedState): object {
  return {
    conflicts: conflicts.map(({ name: _name, conditions: _conditions, stakeholders, ...conflict }) => ({
      ...conflict,
      stakeholders: stakeholders.map(({ emotion: _emotion, ...who }) => who),
    })),
    gossip: circle.gossip.map(({ text: _text, ...gossip }) => gossip),
    reputations: circle.reputations,
  };
}
