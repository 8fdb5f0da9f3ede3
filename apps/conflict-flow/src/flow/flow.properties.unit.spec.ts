import { ActionType, Choice, ChoiceType, Stance, eventSchemas } from '@agon/contracts';
import { looseNumbers, play, snapshotFaults } from '@agon/testing';
import * as fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { telling } from '../../test/story.ts';
import { type FlowCommand, decider, movedBy } from './flow.ts';

/** What holds of every flow, whatever is done to it. */

const conflictId = 'c1';
const delta = fc.double({ min: -1, max: 1, noNaN: true });
const impact = fc.constantFrom({}, { escalate: true }, { deEscalate: true });

/** Steps without a telling, so that the same ones can be told twice. */
const anyStep = fc.oneof(
  fc.record({
    type: fc.constant('StartFlow' as const),
    conflictType: fc.constantFrom('power_crisis', 'interpersonal', 'social', 'feud'),
  }),
  fc.record({
    type: fc.constant('MoveByChoice' as const),
    choice: fc
      .record({
        text: fc.constant('…'),
        choiceType: fc.constantFrom(...ChoiceType.options),
        stance: fc.constantFrom(...Stance.options),
        impact,
      })
      .map((of) => Choice.parse(of)),
  }),
  fc.record({
    type: fc.constant('MoveByProgress' as const),
    intensityDelta: delta,
    momentumDelta: delta,
    progressDelta: delta,
  }),
  fc.record({
    type: fc.constant('MoveByAct' as const),
    actionType: fc.constantFrom(...ActionType.options),
    successProbability: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { arbitrary: fc.record({ type: fc.constant('EndFlow' as const) }), weight: 1 },
);
const anySteps = fc.array(anyStep, { maxLength: 12 });
const anyStory = fc.record({ seed: fc.string({ minLength: 1 }), steps: anySteps });

type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

const tell = (seed: string, steps: readonly Step[]): FlowCommand[] => [
  { type: 'StartFlow', conflictId, conflictType: 'power_crisis', telling: telling(1, seed) },
  ...steps.map((step, at) => ({ ...step, conflictId, telling: telling(at + 2, seed) })),
];

describe('any flow', () => {
  it('keeps every number in range and in thousandths, and decides facts that fit their schemas and survive the log', () => {
    fc.assert(
      fc.property(anyStory, ({ seed, steps }) => {
        const { facts, states } = play(decider, tell(seed, steps));
        const loose = states.flatMap(({ flow, tension }) => looseNumbers([flow, tension]));
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

  it('decides the same from the same seed and the same inputs', () => {
    fc.assert(
      fc.property(anyStory, ({ seed, steps }) => {
        expect(play(decider, tell(seed, steps))).toEqual(play(decider, tell(seed, steps)));
      }),
    );
  });

  it('goes on from a snapshot as from zero, whenever it is taken', () => {
    fc.assert(
      fc.property(anyStory, ({ seed, steps }) => {
        expect(snapshotFaults(decider, () => tell(seed, steps))).toEqual([]);
      }),
    );
  });

  it('turns the phase only with complete progress, and never leaves an item without its own id', () => {
    fc.assert(
      fc.property(anyStory, ({ seed, steps }) => {
        const { facts, states } = play(decider, tell(seed, steps));
        const items = facts.flatMap(({ data }) => ('itemId' in data ? [data.itemId] : []));
        expect(new Set(items).size).toBe(items.length);
        for (const { flow } of states) {
          if (flow?.phaseProgress === 1) expect(flow.phase).toBe('aftermath');
        }
      }),
    );
  });

  it('tells others exactly what its own facts say', () => {
    fc.assert(
      fc.property(anyStory, ({ seed, steps }) => {
        const commands = tell(seed, steps);
        const { states } = play(decider, commands);
        commands.forEach((command, at) => {
          const before = states[at] ?? decider.initialState();
          const moved = movedBy(before, decider.decide(command, before));
          const shifted = Object.fromEntries(moved?.tensionChanges.map((c) => [c.tensionType, c.newLevel]) ?? []);
          const { flow, tension } = states[at + 1] ?? decider.initialState();
          expect([moved?.flow, moved?.tension, { ...before.tension, ...shifted }]).toEqual([flow, tension, tension]);
        });
      }),
    );
  });
});
