import type { Behaviour, Decided, NpcProfile } from '@agon/contracts';
import type { Decider } from '@agon/event-store';
import { type Telling, npcParams, pickText, withUsed } from '@agon/narrative';
import type { Stakeholder } from '../stakeholders/joining.ts';

/** How the NPCs of a scene carry themselves; remembers only which sentences it has used. */
export interface SceneState {
  readonly used: readonly string[];
}

export interface HintBehaviours {
  readonly type: 'HintBehaviours';
  readonly present: readonly NpcProfile[];
  /** Stakeholders of the scene's open conflicts. */
  readonly stakeholders: readonly Stakeholder[];
  readonly telling: Telling;
}

export const SCENE_EVENTS = ['BehavioursHinted'] as const;
type SceneEvent = Decided<'BehavioursHinted'>;

export const initialState = (): SceneState => ({ used: [] });

export function decide({ present, stakeholders, telling }: HintBehaviours, state: SceneState): SceneEvent[] {
  let { used } = state;
  const hints = present.map((npc) => {
    const parts = stakeholders.filter(({ npcId }) => npcId === npc.npcId);
    const behaviour = behaviourOf(parts.toSorted((a, b) => b.stress - a.stress)[0]);
    const { pack, random, ordinal } = telling;
    const request = { kind: 'behaviour', facts: { hint: behaviour }, params: npcParams(npc), used, random } as const;
    const text = pickText(pack, request);
    used = withUsed(used, text.key);
    return { itemId: `behaviour-${ordinal}-${npc.npcId}`, npcId: npc.npcId, behaviour, text };
  });
  return [{ type: 'BehavioursHinted', data: { hints } }];
}

export const evolve = (state: SceneState, event: SceneEvent): SceneState => ({
  used: event.data.hints.reduce((used, { text }) => withUsed(used, text.key), state.used),
});

export const decider: Decider<SceneState, HintBehaviours, SceneEvent> = {
  initialState,
  decide,
  evolve,
};

/** Stress shows first, then the role; who has no part in any conflict watches. */
function behaviourOf(who: Stakeholder | undefined): Behaviour {
  if (who === undefined) return 'observant';
  if (who.stress > 0.8) return 'agitated';
  if (who.stress > 0.6) return 'tense';
  switch (who.role) {
    case 'mediator':
    case 'peacemaker':
      return 'diplomatic';
    case 'instigator':
    case 'escalator':
      return 'provocative';
    case 'defender':
      return 'protective';
    case 'opportunist':
      return 'calculating';
    default:
      return 'observant';
  }
}
