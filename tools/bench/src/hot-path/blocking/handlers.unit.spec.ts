import type { Answer } from '@agon/contracts';
import { CALL_KINDS } from '../calls.ts';
import { HANDLERS } from './handlers.ts';

const nothing: Answer = { storyId: 'p1_abc', position: 1, pending: [], items: [] };
const awaitedBy = (name: string, answer: Partial<Answer>, isNew = true): string[] =>
  HANDLERS.find((handler) => handler.name === name)?.awaits({
    answer: { ...nothing, ...answer },
    isNew: () => isNew,
  }) ?? [];

const item = (kind: 'reaction' | 'beat'): Answer['items'][number] => ({
  itemId: 'i',
  kind,
  revision: 0,
  final: false,
  npcId: null,
  key: 'k',
  params: {},
  text: 'a text',
  source: 'template',
});

describe('HANDLERS', () => {
  it('awaits a call for each reaction, and none for what else an answer tells', () => {
    const items = [item('reaction'), item('beat'), item('reaction')];
    expect(awaitedBy('autonomous._on_player_choice', { items })).toEqual([
      'stakeholder.reaction',
      'stakeholder.reaction',
    ]);
  });

  it('awaits the telling of a turn only where the phase turned', () => {
    const transition = { fromPhase: 'seeds', toPhase: 'emerging' } as const;
    expect(awaitedBy('flow._handle_player_choice', {})).toEqual([]);
    expect(awaitedBy('flow._handle_player_choice', { transition })).toEqual(['flow.transition']);
    expect(awaitedBy('flow._handle_conflict_updated', { transition })).toEqual(['flow.analyze', 'flow.transition']);
  });

  it('asks once for a reputation', () => {
    const behaviours = [{ npcId: '11', behaviour: 'tense' } as const];
    expect(awaitedBy('social._handle_state_sync', { behaviours })).toEqual(['social.reputation']);
    expect(awaitedBy('social._handle_state_sync', { behaviours }, false)).toEqual([]);
  });

  it('awaits an opening beat only where the pace is rapid', () => {
    const flow = { phase: 'rising', intensity: 0.6, momentum: 0.5, phaseProgress: 0 } as const;
    const opened = (pacingStyle: 'rapid_escalation' | 'steady') =>
      awaitedBy('flow._handle_conflict_created', { flow: { ...flow, pacingStyle } });
    expect(opened('rapid_escalation')).toEqual(['flow.init', 'flow.beat']);
    expect(opened('steady')).toEqual(['flow.init']);
  });

  it('has handlers of their own names for every call but the reading of a state', () => {
    expect(new Set(HANDLERS.map(({ name }) => name)).size).toBe(HANDLERS.length);
    expect([...new Set(HANDLERS.map(({ on }) => on))].toSorted()).toEqual(
      CALL_KINDS.filter((kind) => kind !== 'state').toSorted(),
    );
  });
});
