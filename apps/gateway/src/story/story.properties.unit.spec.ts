import {
  CreateConflictBody,
  MakeChoiceBody,
  RegisterNpcsBody,
  ResolveConflictBody,
  SyncSceneBody,
  gameEvents,
  problems,
} from '@agon/contracts';
import { snapshotFaults } from '@agon/testing';
import * as fc from 'fast-check';
import { Refusal } from './refusal.ts';
import { type StoryCommand, type StoryEvent, decider } from './story.ts';

/** What holds of every story, whatever is asked of it. */

// Ids that are names of what every object has are ids like any other.
const npcId = fc.constantFrom('11', '12', 'maren', 'constructor', 'toString');
const conflictId = fc.constantFrom('c1', 'c2', 'c3', 'toString');

const anyCommand: fc.Arbitrary<StoryCommand> = fc.oneof(
  fc.uniqueArray(npcId, { minLength: 1 }).map((ids): StoryCommand => ({
    type: 'RegisterNpcs',
    body: RegisterNpcsBody.parse({ npcs: ids.map((id) => ({ npcId: id, name: `The ${id}` })) }),
  })),
  fc
    .record({
      conflictId: fc.option(conflictId, { nil: undefined }),
      participants: fc.uniqueArray(npcId, { minLength: 1 }),
    })
    .map((of): StoryCommand => ({
      type: 'BeginConflict',
      body: CreateConflictBody.parse({
        conflictId: of.conflictId,
        conflictType: 'feud',
        context: { participants: of.participants },
      }),
    })),
  fc
    .record({ conflictId, targetNpcId: fc.option(npcId, { nil: undefined }) })
    .map(({ conflictId, targetNpcId }): StoryCommand => ({
      type: 'MakeChoice',
      conflictId,
      body: MakeChoiceBody.parse({ choice: { text: '…', choiceType: 'neutral', targetNpcId } }),
    })),
  conflictId.map((id): StoryCommand => ({
    type: 'EndConflict',
    conflictId: id,
    body: ResolveConflictBody.parse({ resolution: { type: 'compromise' } }),
  })),
  fc
    .record({ npcIds: fc.array(npcId), conflictIds: fc.option(fc.array(conflictId), { nil: undefined }) })
    .map((of): StoryCommand => ({ type: 'SyncScene', body: SyncSceneBody.parse(of) })),
);

describe('any story', () => {
  it('turns a command into one input that its schema takes and the log keeps, or refuses with a known code', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 12 }), (commands) => {
        const created: StoryEvent = {
          type: 'StoryCreated',
          data: { seed: 'tide', contentPack: 'harbour@1', locale: 'en' },
        };
        let state = decider.evolve(decider.initialState(), created);
        for (const command of commands) {
          const [input, ...more] = decideOrRefuse(command, state);
          if (input === undefined) continue;
          expect(more).toEqual([]);
          expect(gameEvents[input.type].parse(input.data)).toEqual(input.data);
          expect(JSON.parse(JSON.stringify(input.data))).toEqual(input.data);
          state = decider.evolve(state, input);
        }
        const conflicts = [...state.open, ...state.ended];
        expect(new Set(conflicts).size).toBe(conflicts.length);
        expect(state.begun).toBe(conflicts.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('goes on from a snapshot as from zero, whenever it is taken', () => {
    const createStory: StoryCommand = {
      type: 'CreateStory',
      body: { seed: 'tide', contentPack: 'harbour@1', locale: 'en' },
    };
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 12 }), (commands) => {
        const tolerant = { ...decider, decide: decideOrRefuse };
        expect(snapshotFaults(tolerant, () => [createStory, ...commands])).toEqual([]);
      }),
    );
  });
});

function decideOrRefuse(command: StoryCommand, state: ReturnType<typeof decider.initialState>): StoryEvent[] {
  try {
    return decider.decide(command, state);
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    if (error instanceof Refusal) expect(Object.keys(problems)).toContain(error.code);
    return [];
  }
}
