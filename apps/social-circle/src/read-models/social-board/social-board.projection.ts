import { type EventOf, type SocialBoard, parseEvent } from '@agon/contracts';
import { defineProjection } from '@agon/projections';

/** Whispers that a story remembers; the older ones are forgotten. */
const GOSSIP_KEPT = 10;

/** One row per story: what its circle whispers and thinks, for the state that a client reads. */
export const socialBoard = defineProjection<SocialBoard, EventOf>({
  name: 'social-board',
  version: 2,
  handles: ['GossipStarted', 'ReputationChanged', 'RefinementAccepted'],
  parse: parseEvent,
  key: (event) => (event.type === 'RefinementAccepted' && event.data.task !== 'social.gossip' ? undefined : 'circle'),
  initial: () => ({ gossip: [], reputations: {} }),
  evolve(board, event) {
    switch (event.type) {
      case 'GossipStarted':
        return { ...board, gossip: [...board.gossip, event.data].slice(-GOSSIP_KEPT) };
      case 'ReputationChanged': {
        const { npcId, changes } = event.data;
        const scores = Object.fromEntries(changes.map(({ trait, score }) => [trait, score]));
        return { ...board, reputations: { ...board.reputations, [npcId]: { ...board.reputations[npcId], ...scores } } };
      }
      case 'RefinementAccepted': {
        const { itemId, changes } = event.data;
        const gossip = board.gossip.map((whisper) =>
          whisper.itemId === itemId ? { ...whisper, text: changes.text ?? whisper.text } : whisper,
        );
        return { ...board, gossip };
      }
      default:
        return board;
    }
  },
});
