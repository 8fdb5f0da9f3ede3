import { randomUUID } from 'node:crypto';
import { CategoryOwnedError } from '../src/index.ts';
import type { LogUnderTest } from './event-log.suite.ts';
import { newEvent, request, stored } from './requests.ts';

const positions = (events: readonly { position: number }[]): number[] => events.map(({ position }) => position);

export const readSuite = ({ log, partition }: LogUnderTest): void => {
  /** Two stories taking turns, two events a time, two appends to a correlation. */
  const twoStories = async (): Promise<number> => {
    const number = partition();
    for (let turn = 0; turn < 6; turn += 1) {
      const storyId = turn % 2 === 0 ? 's1' : 's2';
      const events = ['a', 'b'].map((local) => newEvent({ streamId: `game-${storyId}-${local}` }));
      await stored(log(), request({ partition: number, storyId, correlationId: `c${turn >> 1}`, events }));
    }
    return number;
  };

  describe('reading', () => {
    it('gives a stream from a version on', async () => {
      const number = await twoStories();
      expect(positions(await log().readStream(number, 'game-s1-b'))).toEqual([2, 6, 10]);
      expect((await log().readStream(number, 'game-s1-b', 1)).map(({ version }) => version)).toEqual([2, 3]);
      expect(await log().readStream(number, 'game-s1-b', 3)).toEqual([]);
      expect(await log().readStream(number, 'game-s1')).toEqual([]);
    });

    it('gives a partition and a story in pages', async () => {
      const number = await twoStories();
      expect(positions(await log().readPartition(number, 0, 5))).toEqual([1, 2, 3, 4, 5]);
      expect(positions(await log().readPartition(number, 9, 5))).toEqual([10, 11, 12]);
      expect(positions(await log().readStory(number, 's2', 0, 3))).toEqual([3, 4, 7]);
      expect(positions(await log().readStory(number, 's2', 7, 3))).toEqual([8, 11, 12]);
      expect(await log().readPartition(number, 12, 5)).toEqual([]);
    });

    it('gives a partition’s events of some types, as many as are asked for, and how far they reach', async () => {
      const number = partition();
      for (const type of ['Seen', 'Heard', 'Seen', 'Felt', 'Seen', 'Heard'])
        await stored(log(), request({ partition: number, events: [newEvent({ type })] }));
      const read = async (after: number, limit: number, types: string[]) => {
        const { events, upTo } = await log().readSelected(number, after, limit, types);
        return { positions: positions(events), upTo };
      };
      expect(await read(0, 3, ['Seen', 'Felt'])).toEqual({ positions: [1, 3, 4], upTo: 4 });
      expect(await read(4, 3, ['Seen', 'Felt'])).toEqual({ positions: [5], upTo: 6 });
      expect(await read(5, 3, ['Seen', 'Felt'])).toEqual({ positions: [], upTo: 6 });
      expect(await read(0, 3, [])).toEqual({ positions: [], upTo: 6 });
      expect(await read(6, 3, ['Heard'])).toEqual({ positions: [], upTo: 6 });
      expect(await log().readSelected(partition(), 0, 3, ['Seen'])).toEqual({ events: [], upTo: 0 });
    });

    it('gives a correlation, and single positions', async () => {
      const number = await twoStories();
      expect(positions(await log().readCorrelation(number, 'c1'))).toEqual([5, 6, 7, 8]);
      expect(positions(await log().readAt(number, [9, 2, 77]))).toEqual([2, 9]);
      expect(await log().readAt(number, [])).toEqual([]);
    });

    it('counts a correlation between two positions, no further than it is asked to', async () => {
      const number = await twoStories();
      const count = (from: number, to: number, limit = 100) => log().countCorrelation(number, 'c1', from, to, limit);
      expect([await count(1, 12), await count(6, 7), await count(1, 12, 3), await count(9, 12)]).toEqual([4, 2, 3, 0]);
    });

    it('gives heads only of partitions that hold events', async () => {
      const [number, empty] = [await twoStories(), partition()];
      await log().append(request({ partition: empty, events: [] }));
      const heads = await log().heads();
      expect(heads.get(number)).toBe(12);
      expect(heads.has(empty)).toBe(false);
    });
  });

  describe('claiming', () => {
    it('gives a category to one service for good', async () => {
      const category = `c${randomUUID().slice(0, 8)}`;
      await log().claim('gateway', [category]);
      await log().claim('gateway', [category]);
      await expect(log().claim('social-circle', [category])).rejects.toThrow(CategoryOwnedError);
    });

    it('gives all categories or none', async () => {
      const [taken, free] = [`t${randomUUID().slice(0, 8)}`, `f${randomUUID().slice(0, 8)}`];
      await log().claim('gateway', [taken]);
      await expect(log().claim('social-circle', [free, taken])).rejects.toThrow(taken);
      await log().claim('gateway', [free]);
    });
  });
};
