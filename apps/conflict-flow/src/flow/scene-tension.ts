import type { DataOf, Decided, Flow } from '@agon/contracts';
import type { Decider } from '@agon/event-store';
import { type Telling, clamp01, pickText, withUsed } from '@agon/narrative';
import type { FlowState } from './flow.ts';
import { dominant, tensionWord } from './tension.ts';

/** How tense the scenes of a story are; remembers only which sentences it has used. */
export interface SceneTensionState {
  readonly used: readonly string[];
}

export interface ReadScene {
  readonly type: 'ReadScene';
  /** The flows of the scene's conflicts. */
  readonly flows: readonly FlowState[];
  readonly telling: Telling;
}

export const SCENE_EVENTS = ['SceneTensionRead'] as const;
type SceneEvent = Decided<'SceneTensionRead'>;

export const initialState = (): SceneTensionState => ({ used: [] });

export function decide({ flows, telling }: ReadScene, { used }: SceneTensionState): SceneEvent[] {
  const open = flows.filter(isOpen);
  const score = scoreOf(open);
  const level = tensionWord(score);
  const { pack, random, ordinal } = telling;
  const text = pickText(pack, { kind: 'atmosphere', facts: { level }, params: {}, used, random });
  const data = { itemId: `atmosphere-${ordinal}`, score, level, ...leading(open), text };
  return [{ type: 'SceneTensionRead', data }];
}

export const evolve = (state: SceneTensionState, { data }: SceneEvent): SceneTensionState => ({
  used: withUsed(state.used, data.text.key),
});

export const decider: Decider<SceneTensionState, ReadScene, SceneEvent> = { initialState, decide, evolve };

type OpenFlow = FlowState & { readonly flow: Flow };

const isOpen = (state: FlowState): state is OpenFlow => state.flow !== null && state.flow.phase !== 'aftermath';

/**
 * 0..1 over all open conflicts: mean intensity weighs 0.6, each open conflict adds 0.1 (at most 0.3), each
 * escalation of the current phases 0.05 (at most 0.2).
 */
function scoreOf(open: readonly OpenFlow[]): number {
  const intensity = open.reduce((sum, { flow }) => sum + flow.intensity, 0) / Math.max(1, open.length);
  const escalations = open.reduce((sum, state) => sum + state.escalations, 0);
  return clamp01(intensity * 0.6 + Math.min(0.1 * open.length, 0.3) + Math.min(0.05 * escalations, 0.2));
}

/** The strongest axis of any open conflict. */
function leading(open: readonly OpenFlow[]): Pick<DataOf<'SceneTensionRead'>, 'dominantType' | 'dominantLevel'> {
  const leaders = open.flatMap(({ tension }) => dominant(tension) ?? []);
  const highest = leaders.toSorted((a, b) => b.level - a.level)[0];
  return { dominantType: highest?.tensionType ?? null, dominantLevel: highest?.level ?? 0 };
}
