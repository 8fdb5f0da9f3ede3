import { counter, event, feed } from '../test/examples.ts';
import { fold, planFold, touchedRows } from './fold.ts';
import { defineProjection } from './projection.ts';

const nobodyParked = new Set<string>();
const foldAll = (...events: Parameters<typeof planFold>[1]) =>
  fold(planFold(counter, events, 0, nobodyParked), new Map());

describe('folding a batch', () => {
  it('takes only what the projection handles', () => {
    const { rows, poison } = foldAll(
      event(1, 'Acted', { by: 'ann' }),
      event(2, 'Ignored'),
      event(3, 'Acted', { by: 'bob' }),
    );
    expect(rows).toMatchObject([
      { storyId: 'p0_a', key: 'ann', position: 1, json: '{"acts":1,"seen":"1,"}' },
      { storyId: 'p0_a', key: 'bob', position: 3, json: '{"acts":1,"seen":"3,"}' },
    ]);
    expect(poison).toEqual([]);
  });

  it('writes a row once, with all its events', () => {
    const { rows } = foldAll(event(1, 'Acted'), event(2, 'Acted'), event(3, 'Acted'));
    expect(rows).toMatchObject([{ storyId: 'p0_a', key: 'nobody', position: 3, json: '{"acts":3,"seen":"1,2,3,"}' }]);
  });

  it('goes on from the row as it was', () => {
    const plan = planFold(counter, [event(8, 'Acted')], 7, nobodyParked);
    expect(touchedRows(plan)).toEqual([{ storyId: 'p0_a', key: 'nobody' }]);
    const { rows } = fold(plan, new Map([['p0_a/nobody', { acts: 4, seen: '…' }]]));
    expect(rows[0]?.json).toBe('{"acts":5,"seen":"…8,"}');
  });

  it('skips what lies at or before the checkpoint', () => {
    const plan = planFold(counter, [event(6, 'Acted'), event(7, 'Acted'), event(8, 'Acted')], 7, nobodyParked);
    expect(fold(plan, new Map()).rows).toMatchObject([
      { storyId: 'p0_a', key: 'nobody', position: 8, json: '{"acts":1,"seen":"8,"}' },
    ]);
  });

  it('keeps stories apart that share a key', () => {
    const { rows } = foldAll(event(1, 'Acted', {}, 'p0_a'), event(2, 'Acted', {}, 'p0_b'));
    expect(rows.map(({ storyId }) => storyId)).toEqual(['p0_a', 'p0_b']);
  });

  it('ends a story at its poison event, keeps what came before, and goes on with the others', () => {
    const { rows, poison } = foldAll(
      event(1, 'Acted'),
      event(2, 'Broken'),
      event(3, 'Acted'),
      event(4, 'Acted', {}, 'p0_b'),
    );
    expect(poison).toEqual([{ storyId: 'p0_a', position: 2, error: 'Broken: no such thing' }]);
    expect(rows.map(({ storyId, position }) => [storyId, position])).toEqual([
      ['p0_a', 1],
      ['p0_b', 4],
    ]);
  });

  it('skips parked stories', () => {
    const plan = planFold(counter, [event(1, 'Acted'), event(2, 'Acted', {}, 'p0_b')], 0, new Set(['p0_a']));
    expect(fold(plan, new Map()).rows.map(({ storyId }) => storyId)).toEqual(['p0_b']);
  });

  it('parks a story whose event does not fit the schema', () => {
    const plan = planFold(
      feed,
      [event(1, 'Said', { text: 'a' }), event(2, 'Said', {}), event(3, 'Said', { text: 'b' })],
      0,
      nobodyParked,
    );
    const { rows, poison } = fold(plan, new Map());
    expect(rows.map(({ key }) => key)).toEqual(['1']);
    expect(poison).toMatchObject([{ storyId: 'p0_a', position: 2 }]);
  });

  it('names the first of two poison events, whichever step finds it', () => {
    const plan = planFold(
      defineProjection({
        ...counter,
        key: ({ type, position }) => {
          if (position === 3) throw new Error('no key');
          return type;
        },
      }),
      [event(1, 'Acted'), event(2, 'Broken'), event(3, 'Acted')],
      0,
      nobodyParked,
    );
    expect(fold(plan, new Map()).poison).toEqual([{ storyId: 'p0_a', position: 2, error: 'Broken: no such thing' }]);
  });

  it.each([
    ['half of an emoji', '😀'.slice(0, 1)],
    ['a null character', 'a\0b'],
  ])('parks a story that would store %s, at the event that brought it', (_what, text) => {
    const plan = planFold(
      defineProjection({
        ...counter,
        evolve: (row: object, { position }) => ({ ...row, [position]: position === 2 ? text : 'fine \\ud800' }),
      }),
      [event(1, 'Acted'), event(2, 'Acted'), event(3, 'Acted'), event(4, 'Acted', {}, 'p0_b')],
      0,
      nobodyParked,
    );
    const { rows, poison } = fold(plan, new Map());
    expect(poison).toMatchObject([{ storyId: 'p0_a', position: 2 }]);
    expect(rows.map(({ storyId, position }) => [storyId, position])).toEqual([
      ['p0_a', 1],
      ['p0_b', 4],
    ]);
  });

  it('parks a story of a feed whose key is not the position', () => {
    const plan = planFold(defineProjection({ ...counter, feed: true }), [event(1, 'Acted')], 0, nobodyParked);
    expect([...plan.poison.values()]).toMatchObject([{ error: 'Acted: the key of a feed is the position' }]);
  });

  it('parks a story whose key is too long to index', () => {
    const { poison } = foldAll(event(1, 'Acted', { by: 'x'.repeat(513) }));
    expect(poison).toMatchObject([{ position: 1 }]);
  });
});
