import { Choice, ChoiceType, PHASES, TENSION_TYPES, eventSchemas } from '@agon/contracts';
import { clamp01, clampSigned } from '@agon/narrative';
import { looseNumbers, play, snapshotFaults } from '@agon/testing';
import * as fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { cast, telling } from '../../test/story.ts';
import { type StakeholdersCommand, decider } from './stakeholders.ts';

/** What holds of the stakeholders of every conflict, whatever happens in it. */

const conflictId = 'c1';
const level = fc.double({ min: 0, max: 1, noNaN: true }).map(clamp01);
const phase = fc.constantFrom(...PHASES);

const movement = {
  tensionChanges: fc.uniqueArray(
    fc
      .record({ tensionType: fc.constantFrom(...TENSION_TYPES), previousLevel: level, newLevel: level })
      .map((change) => ({ ...change, delta: clampSigned(change.newLevel - change.previousLevel) })),
    { selector: ({ tensionType }) => tensionType, maxLength: 9 },
  ),
  transition: fc.option(fc.record({ fromPhase: phase, toPhase: phase }), { nil: null }),
};

/** Steps without a telling, so that the same ones can be told twice. */
const anyStep = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('ReactToChoice' as const),
      choice: fc
        .record({
          text: fc.constant('…'),
          choiceType: fc.constantFrom(...ChoiceType.options),
          targetNpcId: fc.constantFrom('11', '12', '13', undefined),
        })
        .map((of) => Choice.parse(of)),
      ...movement,
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('BearMovement' as const), ...movement }) },
  { weight: 1, arbitrary: fc.constant({ type: 'Assemble' as const, conflictType: 'social', cast }) },
  { weight: 1, arbitrary: fc.constant({ type: 'Release' as const }) },
);
const anyStory = fc.record({
  seed: fc.string({ minLength: 1 }),
  conflictType: fc.constantFrom('power_crisis', 'social', 'feud'),
  steps: fc.array(anyStep, { maxLength: 12 }),
});

type Story = typeof anyStory extends fc.Arbitrary<infer T> ? T : never;

const tell = ({ seed, conflictType, steps }: Story): StakeholdersCommand[] => [
  { type: 'Assemble', conflictId, conflictType, cast, telling: telling(1, seed) },
  ...steps.map((step, at) => ({ ...step, conflictId, telling: telling(at + 2, seed) })),
];

describe('the stakeholders of any conflict', () => {
  it('keep every number in range and in thousandths, and decide facts that fit their schemas and survive the log', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        const { facts, states } = play(decider, tell(story));
        const loose = states.flatMap(({ members }) => looseNumbers(members));
        const changed = facts.filter(
          ({ type, data }) =>
            !isDeepStrictEqual(eventSchemas[type].parse(data), data) ||
            !isDeepStrictEqual(JSON.parse(JSON.stringify(data)), data),
        );
        expect([loose, changed]).toEqual([[], []]);
      }),
      { numRuns: 2000 },
    );
  });

  it('decide the same from the same seed and the same inputs', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        expect(play(decider, tell(story))).toEqual(play(decider, tell(story)));
      }),
    );
  });

  it('go on from a snapshot as from zero, whenever it is taken', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        expect(snapshotFaults(decider, () => tell(story))).toEqual([]);
      }),
    );
  });

  it('are named in every text that is about them, each item with its own id', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        const told = play(decider, tell(story)).facts.flatMap(({ type, data }) => {
          if (!('text' in data) || data.text === undefined) return [];
          const itemId = 'itemId' in data ? data.itemId : `${type} ${data.npcId}`;
          return [{ npcId: data.npcId, text: data.text, itemId }];
        });
        const nameless = told.filter(({ npcId, text }) => {
          const npc = cast.find((of) => of.npcId === npcId);
          return npc === undefined || !text.text.includes(npc.name);
        });
        expect(nameless).toEqual([]);
        expect(new Set(told.map(({ itemId }) => itemId)).size).toBe(told.length);
      }),
    );
  });

  it('never stay at a stress that breaks them, nor remember a role that they were never given', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        const commands = tell(story);
        const { states } = play(decider, commands);
        for (const { members } of states) expect(members.every(({ stress }) => stress < 0.9)).toBe(true);
        commands.forEach((command, at) => {
          let state = states[at] ?? decider.initialState();
          for (const fact of decider.decide(command, state)) {
            if (fact.type === 'RoleAdapted' || fact.type === 'StakeholderWithdrew') {
              const who = state.members.find(({ npcId }) => npcId === fact.data.npcId);
              expect(fact.data.previousRole).toBe(who?.role);
            }
            state = decider.evolve(state, fact);
          }
        });
      }),
    );
  });
});
