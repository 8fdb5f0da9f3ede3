import { z } from 'zod';
import type { DataOf, EventOf } from './events.ts';
import { LocalId } from './ids.ts';
import { isRefinedKind } from './refinement-tasks.ts';
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
    source: z.string().describe('`rules`, or the model that wrote the text'),
    replaces: z.int().min(0).optional().describe('The revision that this one replaces'),
    late: z.boolean().optional().describe('True: the story has moved on; for the journal, not for the screen'),
  })
  .meta({ id: 'Item' });
export type Item = z.infer<typeof Item>;

/** The item of a conflict's name. */
export const nameItemId = (conflictId: string): string => `name-${conflictId}`;

/** The item that tells who an NPC is in a conflict. Both ids may hold hyphens: the length tells where the first one ends. */
export const profileItemId = (conflictId: string, npcId: string): string =>
  `profile-${conflictId.length}-${conflictId}-${npcId}`;

/** The items that an event brings: those of a fact at revision 0, final unless a model is asked for a better text. */
export function itemsOf(event: EventOf): Item[] {
  switch (event.type) {
    case 'ConflictCreated': {
      const { conflictId, name, nameText } = event.data;
      return [item('name', { itemId: nameItemId(conflictId), text: { ...nameText, text: name } })];
    }
    case 'StakeholderJoined': {
      const { conflictId, npcId, text } = event.data;
      return text === undefined ? [] : [item('profile', { itemId: profileItemId(conflictId, npcId), text, npcId })];
    }
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
      return [item('gossip', { ...event.data, npcId: event.data.about[0] })];
    case 'ReputationChanged':
      return [item('reputation', event.data)];
    case 'RefinementAccepted':
      return refined(event.data);
    default:
      return [];
  }
}

function refined(data: DataOf<'RefinementAccepted'>): Item[] {
  const { itemId, kind, npcId, revision, replaces, late, source, changes } = data;
  if (itemId === null || kind === null || changes.text === undefined) return [];
  return [{ itemId, revision, final: true, kind, npcId, ...changes.text, source, replaces, late }];
}

function item(kind: string, of: { itemId: string; text: Text; npcId?: string | undefined }): Item {
  const final = !isRefinedKind(kind);
  return { itemId: of.itemId, revision: 0, final, kind, npcId: of.npcId ?? null, ...of.text, source: 'rules' };
}
