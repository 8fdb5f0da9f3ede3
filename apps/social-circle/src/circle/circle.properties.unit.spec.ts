import { SocialAct, eventSchemas } from '@agon/contracts';
import { looseNumbers, play, snapshotFaults } from '@agon/testing';
import * as fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { cast, maren, resolutionOf, telling } from '../../test/story.ts';
import { type CircleCommand, decider } from './circle.ts';

/** What holds of every circle, whatever it hears. */

const conflictId = 'c1';
// Ids that are names of what every object has are ids like any other.
const people = [...cast, ...['constructor', 'toString'].map((npcId) => ({ ...maren, npcId, name: `The ${npcId}` }))];
const person = fc.constantFrom(...people);
const some = fc.subarray(people);

/** Steps without a telling, so that the same ones can be told twice. */
const anyStep = fc.oneof(
  fc.record({ type: fc.constant('NoteConflict' as const), conflictId: fc.constant(conflictId), cast: some }),
  fc.record({
    type: fc.constant('NoteAct' as const),
    conflictId: fc.constant(conflictId),
    act: fc.constantFrom(...SocialAct.options),
    actor: person,
    target: fc.option(person, { nil: undefined }),
  }),
  fc.record({ winners: some, losers: some }).map(({ winners, losers }) => ({
    type: 'NoteResolution' as const,
    conflictId,
    resolution: resolutionOf({
      winners: winners.map(({ npcId }) => npcId),
      losers: losers.filter((npc) => !winners.includes(npc)).map(({ npcId }) => npcId),
    }),
    cast: people,
  })),
  fc.record({ type: fc.constant('ObserveScene' as const), present: some }),
);
const anyStory = fc.record({ seed: fc.string({ minLength: 1 }), steps: fc.array(anyStep, { maxLength: 15 }) });

type Story = typeof anyStory extends fc.Arbitrary<infer T> ? T : never;

const tell = ({ seed, steps }: Story): CircleCommand[] =>
  steps.map((step, at) => ({ ...step, telling: telling(at + 1, seed) }));

describe('any circle', () => {
  it('keeps every number in range and in thousandths, and decides facts that fit their schemas and survive the log', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        const { facts, states } = play(decider, tell(story));
        const loose = states.flatMap(({ gossip, reputations }) => looseNumbers([gossip, reputations]));
        const changed = facts.filter(
          ({ type, data }) =>
            !eventSchemas[type].safeParse(data).success || !isDeepStrictEqual(JSON.parse(JSON.stringify(data)), data),
        );
        expect([loose, changed]).toEqual([[], []]);
      }),
      { numRuns: 2000 },
    );
  });

  it('decides the same from the same seed and the same inputs', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        expect(play(decider, tell(story))).toEqual(play(decider, tell(story)));
      }),
    );
  });

  it('goes on from a snapshot as from zero, whenever it is taken', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        expect(snapshotFaults(decider, () => tell(story))).toEqual([]);
      }),
    );
  });

  it('names those whom its texts are about, each item with its own id', () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        const told = play(decider, tell(story)).facts.flatMap(({ data }) => ('text' in data ? [data] : []));
        const nameless = told.filter((of) => {
          const npcId = 'about' in of ? of.about[0] : of.npcId;
          const npc = people.find((who) => who.npcId === npcId);
          return npc === undefined || !of.text.text.includes(npc.name);
        });
        expect(nameless).toEqual([]);
        expect(new Set(told.map(({ itemId }) => itemId)).size).toBe(told.length);
      }),
    );
  });
});
