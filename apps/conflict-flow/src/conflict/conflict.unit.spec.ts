import type { DataOf } from '@agon/contracts';
import { givenOf } from '@agon/testing';
import { cast, challenge, choice, ilse, maren, telling, tobias } from '../../test/story.ts';
import type { Moved } from '../flow/moved.ts';
import { type ConflictCommand, type ConflictEvent, decider, isRefusal } from './conflict.ts';

const given = givenOf(decider);
const conflictId = 'c1';

const moved: Moved = {
  flow: { phase: 'rising', pacingStyle: 'steady', intensity: 0.6, momentum: 0.775, phaseProgress: 0.15 },
  tension: { power: 0.75 },
  tensionChanges: [{ tensionType: 'power', previousLevel: 0.6, newLevel: 0.75, delta: 0.15 }],
  transition: null,
};
const resolution = { type: 'compromise', winners: [tobias.npcId], losers: [maren.npcId], stakes: ['fees'] };
const act = { npcId: maren.npcId, actionType: 'aggressive', successProbability: 0.65 } as const;

const nameText = { key: 'names.chair', params: {}, text: 'The Empty Chair' };
const created: ConflictEvent = {
  type: 'ConflictCreated',
  data: { conflictId, conflictType: 'power_crisis', name: nameText.text, nameText, location: null, stakes: [], cast },
};
const resolved: ConflictEvent = {
  type: 'ConflictResolved',
  data: { conflictId, name: nameText.text, resolution, cast },
};

const begin = (of: Partial<DataOf<'ConflictBegan'>['context']> = {}): ConflictCommand => {
  const context = { participants: ['11', '12', '13'], recentEvents: [], stakes: ['who sets the fees'], ...of };
  return {
    type: 'BeginConflict',
    input: { conflictId, conflictType: 'power_crisis', context, cast },
    telling: telling(),
  };
};
const applyChoice = (of = challenge): ConflictCommand => ({ type: 'ApplyChoice', conflictId, choice: of, cast, moved });
const applyProgress: ConflictCommand = { type: 'ApplyProgress', conflictId, moved };
const applyAct = (of = {}): ConflictCommand => ({ type: 'ApplyAct', conflictId, act: { ...act, ...of }, cast, moved });
const resolve: ConflictCommand = { type: 'ResolveConflict', conflictId, resolution, cast: [maren, tobias] };

const inputs: readonly (readonly [string, ConflictCommand])[] = [
  ['a choice', applyChoice()],
  ['progress', applyProgress],
  ['an act', applyAct()],
  ['a resolution', resolve],
];

describe('a conflict', () => {
  it('begins with a name from the pack', () => {
    given()
      .when(begin({ location: 'Harbour Hall' }))
      .then([
        {
          type: 'ConflictCreated',
          data: {
            conflictId,
            conflictType: 'power_crisis',
            location: 'Harbour Hall',
            stakes: ['who sets the fees'],
            cast,
          },
        },
      ]);
  });

  it.each([
    [undefined, /^(?!Critical|Subtle)/],
    [0.5, /^(?!Critical|Subtle)/],
    [0.8, /^Critical /],
    [0.2, /^Subtle /],
  ])('colours a short name by its intensity (%s)', (intensityLevel, expected) => {
    const names = Array.from({ length: 20 }, (_, at) => {
      const command = { ...begin({ intensityLevel }), telling: telling(at + 1) };
      const [fact] = given().when(command).facts();
      return fact?.type === 'ConflictCreated' ? { name: fact.data.name, plain: fact.data.nameText.text } : undefined;
    });
    const short = names.filter((name) => name !== undefined && name.plain.split(' ').length <= 3);
    expect(short.length).toBeGreaterThan(0);
    for (const name of short) expect(name?.name).toMatch(expected);
    for (const name of names) {
      if (name !== undefined && name.plain.split(' ').length > 3) expect(name.name).toBe(name.plain);
    }
  });

  it.each([
    ['open', [created]],
    ['resolved', [created, resolved]],
  ])('refuses to begin when it is %s already', (_, past) => {
    given(...past)
      .when(begin())
      .thenRefuses('conflict_exists', { conflictId });
  });

  it('takes a choice with what it did to the flow', () => {
    given(created)
      .when(applyChoice())
      .then([{ type: 'ChoiceApplied', data: { conflictId, choice: challenge, cast, ...moved } }]);
  });

  it('takes a choice that addresses nobody', () => {
    given(created)
      .when(applyChoice(choice()))
      .then([{ type: 'ChoiceApplied' }]);
  });

  it('takes progress', () => {
    given(created)
      .when(applyProgress)
      .then([{ type: 'ProgressApplied', data: { conflictId, ...moved } }]);
  });

  it('takes an act, and says plainly what was left out of it', () => {
    given(created)
      .when(applyAct())
      .then([{ type: 'ActApplied', data: { ...act, socialAct: null, targetNpcId: null, ...moved } }]);
    given(created)
      .when(applyAct({ socialAct: 'betray', targetNpcId: tobias.npcId }))
      .then([{ type: 'ActApplied', data: { socialAct: 'betray', targetNpcId: tobias.npcId } }]);
  });

  it('is resolved, and tells everyone who had a part in it', () => {
    given(created)
      .when(resolve)
      .then([{ type: 'ConflictResolved', data: { name: nameText.text, resolution, cast: [maren, tobias, ilse] } }]);
  });

  it.each(inputs)('refuses %s before it began', (_, command) => {
    given().when(command).thenRefuses('conflict_not_found', { conflictId });
  });

  it.each(inputs)('refuses %s once it is resolved', (_, command) => {
    given(created, resolved).when(command).thenRefuses('conflict_resolved', { conflictId });
  });

  it.each<[string, ConflictCommand]>([
    ['a choice that addresses', applyChoice(choice({ targetNpcId: 'stranger' }))],
    ['an act by', applyAct({ npcId: 'stranger' })],
    ['an act against', applyAct({ targetNpcId: 'stranger' })],
  ])('refuses %s someone who has no part in it', (_, command) => {
    given(created).when(command).thenRefuses('not_a_stakeholder', { conflictId });
  });

  it('says that it is resolved rather than who is a stranger', () => {
    given(created, resolved)
      .when(applyAct({ npcId: 'stranger' }))
      .thenRefuses('conflict_resolved');
  });

  it('stays as it is after a refusal', () => {
    const state = [created, resolved].reduce(decider.evolve, decider.initialState());
    const refusals = [begin(), ...inputs.map(([, command]) => command)].flatMap((command) =>
      decider.decide(command, state),
    );
    expect(refusals).toHaveLength(5);
    for (const refusal of refusals) {
      expect(isRefusal(refusal)).toBe(true);
      expect(decider.evolve(state, refusal)).toBe(state);
    }
    expect(isRefusal(created)).toBe(false);
  });
});
