import { counter, event, feed } from '../test/examples.ts';
import { defineProjection } from './projection.ts';
import { replay } from './replay.ts';

describe('replay', () => {
  it('folds from zero in memory', () => {
    expect(replay(counter, [event(1, 'Acted'), event(2, 'Other'), event(3, 'Acted')])).toEqual([
      { storyId: 'p0_a', key: 'nobody', position: 3, doc: { acts: 2, seen: '1,3,' } },
    ]);
    expect(replay(feed, [event(5, 'Said', { text: 'hello' })])).toEqual([
      { storyId: 'p0_a', key: '5', position: 5, doc: { text: 'hello' } },
    ]);
  });

  it('refuses a fold that changes the row it was given', () => {
    const impure = defineProjection({
      ...counter,
      evolve: (row: { acts: number; seen: string }) => {
        row.acts += 1;
        return row;
      },
    });
    expect(() => replay(impure, [event(1, 'Acted')])).toThrow(TypeError);
  });
});
