import * as fc from 'fast-check';
import { CATEGORY_OWNERS, LocalId, PARTITIONS, StoryId, categoriesOf, partitionOf, streamId } from './ids.ts';

describe('ids', () => {
  it.each(['a', 'maren', 'Maren_Holt-2', '11', '_', '-', 'x'.repeat(64)])('local: %s', (id) => {
    expect(LocalId.safeParse(id).success).toBe(true);
  });

  it.each(['', 'x'.repeat(65), 'a b', 'a.b', 'a/b', 'ä', 'a\n', '*', '>', '__proto__'])('not local: %j', (id) => {
    expect(LocalId.safeParse(id).success).toBe(false);
  });

  it.each(['p0_abcdefgh', 'p63_5cJ0aQ2mXv8LrT3k', 'p9999_ABCDEFGH'])('of a story: %s', (id) => {
    expect(StoryId.safeParse(id).success).toBe(true);
  });

  it.each([
    '',
    'p_abcdefgh',
    'p01_abcdefgh',
    'p10000_abcdefgh',
    'p-1_abcdefgh',
    'p3_abcdefg',
    'p3_abc-defgh',
    'p3_abcd_efgh',
    `p3_${'a'.repeat(41)}`,
    'P3_abcdefgh',
    'p3_abcdefgh\n',
  ])('not of a story: %j', (id) => {
    expect(StoryId.safeParse(id).success).toBe(false);
    expect(() => partitionOf(id)).toThrow();
  });

  it('of a story name its partition, also one that is not there today', () => {
    fc.assert(fc.property(fc.nat(9999), (partition) => partitionOf(`p${partition}_abcdefgh12345678`) === partition));
    expect(partitionOf('p4711_abcdefgh')).toBeGreaterThan(PARTITIONS);
  });

  it('of streams can be taken apart, since no story id holds a hyphen', () => {
    expect(streamId('game', 'p3_abcdefgh')).toBe('game-p3_abcdefgh');
    expect(streamId('flow', 'p3_abcdefgh', 'c-1')).toBe('flow-p3_abcdefgh-c-1');
  });

  it('of categories belong to one service each', () => {
    const owners = [...new Set(Object.values(CATEGORY_OWNERS))];
    expect(owners.flatMap(categoriesOf).toSorted((a, b) => a.localeCompare(b))).toEqual(
      Object.keys(CATEGORY_OWNERS).toSorted((a, b) => a.localeCompare(b)),
    );
    expect(categoriesOf('conflict-flow')).toEqual(['conflict', 'flow', 'flow_refinements']);
    expect(categoriesOf('nobody')).toEqual([]);
  });
});
