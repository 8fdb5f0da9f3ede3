import { z } from 'zod';
import type { EventOf } from './events.ts';
import { LocalId } from './ids.ts';
import type { Text } from './text.ts';

/**
 * A text that a player sees. Its id and revision are the same in an answer and on the feed; a higher
 * revision replaces a lower one, and `final` says that none will follow.
 */
export const Item = z
  .object({
    itemId: z.string(),
    revision: z.int().min(0),
    final: z.boolean(),
    kind: z.string(),
    npcId: LocalId.nullable(),
    key: z.string(),
    params: z.record(z.string(), z.string()),
    text: z.string(),
  })
  .meta({ id: 'Item' });
export type Item = z.infer<typeof Item>;

/** The items that a fact brings, all at revision 0 and final: rules and templates have spoken. */
export function itemsOf(event: EventOf): Item[] {
  switch (event.type) {
    case 'PhaseTransitioned':
      return [item('transition', event.data)];
    case 'DramaticBeatOccurred':
      return [item('beat', event.data)];
    case 'TensionBreakingPoint':
      return [item('breaking-point', event.data)];
    case 'SceneTensionRead':
      return [item('atmosphere', event.data)];
    case 'StakeholderReacted':
      return [item('reaction', event.data)];
    case 'StakeholderWithdrew':
      return [item('withdrawal', event.data)];
    case 'BehavioursHinted':
      return event.data.hints.map((hint) => item('behaviour', hint));
    case 'GossipStarted':
      return [item('gossip', event.data)];
    case 'ReputationChanged':
      return [item('reputation', event.data)];
    default:
      return [];
  }
}

function item(kind: string, of: { itemId: string; text: Text; npcId?: string }): Item {
  return { itemId: of.itemId, revision: 0, final: true, kind, npcId: of.npcId ?? null, ...of.text };
}
