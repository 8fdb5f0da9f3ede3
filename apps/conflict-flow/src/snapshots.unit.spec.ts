import { examples } from '@agon/contracts';
import { snapshotFaults } from '@agon/testing';
import * as fc from 'fast-check';
import { cast, challenge, telling } from '../test/story.ts';
import { type ConflictCommand, decider as conflict } from './conflict/conflict.ts';
import { type ReadScene, decider as scene } from './flow/scene-tension.ts';

const read = (at: number): ReadScene => ({ type: 'ReadScene', flows: [], telling: telling(at + 1) });

/** The flow's own is among its properties. */
describe('from a snapshot as from zero', () => {
  const conflictId = 'c1';
  const { conflictId: _, ...moved } = examples.ProgressApplied;
  const { resolution } = examples.ConflictEnded;
  const input = { ...examples.ConflictBegan, cast };

  it('goes on any conflict', () => {
    const command = fc.constantFrom<((at: number) => ConflictCommand)[]>(
      (at) => ({ type: 'BeginConflict', input, telling: telling(at) }),
      () => ({ type: 'ApplyChoice', conflictId, choice: challenge, cast, moved }),
      () => ({ type: 'ApplyProgress', conflictId, moved }),
      () => ({ type: 'ApplyAct', conflictId, act: examples.StakeholderActed, cast, moved }),
      () => ({ type: 'ResolveConflict', conflictId, resolution, cast: [] }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 8 }), (commands) => {
        expect(snapshotFaults(conflict, () => commands.map((make, at) => make(at + 1)))).toEqual([]);
      }),
    );
  });

  it('goes on the reading of any scenes', () => {
    expect(snapshotFaults(scene, () => Array.from({ length: 8 }, (_, at) => read(at)))).toEqual([]);
  });
});
