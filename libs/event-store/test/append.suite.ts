import { PartialDuplicateError, UnstorableError, type AppendRequest } from '../src/index.ts';
import type { LogUnderTest } from './event-log.suite.ts';
import { contents, flowRequest, newEvent, request, stored } from './requests.ts';

export const appendSuite = ({ log, partition }: LogUnderTest): void => {
  describe('append', () => {
    it('numbers events of several streams without gaps, in the order given', async () => {
      const number = partition();
      const streams = ['flow-s1', 'conflict-s1-c1', 'flow-s1', 'conflict-s1-c2', 'conflict-s1-c1'];
      const events = await stored(
        log(),
        flowRequest({ partition: number, events: streams.map((streamId) => newEvent({ streamId })) }),
      );
      expect(events.map(({ position, streamId, version }) => [position, streamId, version])).toEqual([
        [1, 'flow-s1', 1],
        [2, 'conflict-s1-c1', 1],
        [3, 'flow-s1', 2],
        [4, 'conflict-s1-c2', 1],
        [5, 'conflict-s1-c1', 2],
      ]);
      const [next] = await stored(log(), flowRequest({ partition: number }));
      expect(next).toMatchObject({ position: 6, streamId: 'flow-s1', version: 3 });
    });

    it('returns, byte for byte, what is read later', async () => {
      const number = partition();
      const events = await stored(
        log(),
        request({
          partition: number,
          events: [
            newEvent({
              data: {
                zeta: 1,
                b: [{ y: null, x: -0 }],
                aa: '"quoted" \\ \n é 🌊',
                é: 1e21,
                tiny: 5e-324,
                __proto__: 'x',
              },
              metadata: { source: 'game', game: 'local', depth: 0, because: ['rule:1'], actor: undefined },
            }),
          ],
        }),
      );
      expect(JSON.stringify(await log().readPartition(number, 0, 10))).toBe(JSON.stringify(events));
      expect(Object.keys(events[0]?.data ?? {})).toEqual(['b', 'aa', 'é', 'tiny', 'zeta']);
      expect(events[0]?.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Math.abs(Date.now() - Date.parse(events[0]?.recordedAt ?? ''))).toBeLessThan(60_000);
    });

    it('holds a stream to the expected version: none, any, or exactly n', async () => {
      const number = partition();
      const append = (expected: 'none' | 'any' | number): Promise<{ outcome: string }> =>
        log().append(request({ partition: number, expected: new Map([['game-s1', expected]]), events: [newEvent()] }));
      expect(await append(1)).toEqual({ outcome: 'wrong-version', streamId: 'game-s1', actual: 0 });
      expect(await append('none')).toMatchObject({ outcome: 'appended' });
      expect(await append('none')).toEqual({ outcome: 'wrong-version', streamId: 'game-s1', actual: 1 });
      expect(await append(0)).toEqual({ outcome: 'wrong-version', streamId: 'game-s1', actual: 1 });
      expect(await append(2)).toEqual({ outcome: 'wrong-version', streamId: 'game-s1', actual: 1 });
      expect(await append(1)).toMatchObject({ outcome: 'appended' });
      expect(await append('any')).toMatchObject({ outcome: 'appended' });
      expect(await log().readStream(number, 'game-s1')).toHaveLength(3);
    });

    it('checks the version of streams that get no events, and names the first that differs', async () => {
      const number = partition();
      await stored(log(), request({ partition: number }));
      const expected = new Map<string, 'none' | number>([
        ['flow-s1', 'none'],
        ['game-s1', 7],
        ['conflict-s1-c1', 3],
      ]);
      expect(await log().append(flowRequest({ partition: number, expected }))).toEqual({
        outcome: 'wrong-version',
        streamId: 'game-s1',
        actual: 1,
      });
    });

    it('answers a retry after a lost reply with the positions, stored once', async () => {
      const number = partition();
      await stored(log(), request({ partition: number }));
      const append = request({ partition: number, events: [newEvent(), newEvent()] });
      await stored(log(), append);
      const before = await contents(log(), number);
      expect(await log().append(append)).toEqual({ outcome: 'duplicate', positions: [2, 3] });
      expect(await contents(log(), number)).toEqual(before);
    });

    it('answers a retry with an expected version that its first try has outdated', async () => {
      const number = partition();
      const append = request({ partition: number, expected: new Map([['game-s1', 'none']]) });
      await stored(log(), append);
      await stored(log(), request({ partition: number }));
      expect(await log().append(append)).toEqual({ outcome: 'duplicate', positions: [1] });
    });

    it('throws on events of which some are known and some not', async () => {
      const number = partition();
      const known = newEvent();
      await stored(log(), request({ partition: number, events: [known] }));
      const before = await contents(log(), number);
      const partial = request({ partition: number, events: [newEvent(), known] });
      await expect(log().append(partial)).rejects.toThrow(PartialDuplicateError);
      expect(await contents(log(), number)).toEqual(before);
    });

    it('takes the same event id in two streams, and in two partitions', async () => {
      const [number, other] = [partition(), partition()];
      const events = ['flow-s1', 'conflict-s1-c1'].map((streamId) =>
        newEvent({ streamId, eventId: '7f3c1d9e-52b8-5c54-9f0a-000000000001' }),
      );
      expect(await stored(log(), flowRequest({ partition: number, events }))).toHaveLength(2);
      expect(await stored(log(), flowRequest({ partition: other, events }))).toHaveLength(2);
    });

    it('refuses streams of a category that the service does not own', async () => {
      const number = partition();
      const append = (streamId: string): Promise<{ outcome: string }> =>
        log().append(request({ partition: number, events: [newEvent(), newEvent({ streamId })] }));
      expect(await append('flow-s1')).toEqual({ outcome: 'not-owner', category: 'flow' });
      expect(await append('lonely-s1')).toEqual({ outcome: 'not-owner', category: 'lonely' });
    });

    const good = newEvent();
    it.each<[string, Partial<AppendRequest>]>([
      ['a stream of another story', { events: [newEvent({ streamId: 'game-s2' })] }],
      ['a stream of a story whose id begins alike', { events: [newEvent({ streamId: 'game-s11' })] }],
      ['a stream without a story', { events: [newEvent({ streamId: 'game' })] }],
      ['an event id that is no UUID', { events: [newEvent({ eventId: 'e1' })] }],
      ['the same event twice', { events: [good, good] }],
      ['a type that would break its subject', { events: [newEvent({ type: 'Scene.Synced' })] }],
      ['a game that would match all', { events: [newEvent({ metadata: { game: '*', source: 'game', depth: 0 } })] }],
      ['a zero character', { events: [newEvent({ data: { text: 'a\0b' } })] }],
      ['half a surrogate pair', { events: [newEvent({ data: { ['\ud83c']: 1 } })] }],
      ['a number that is none', { events: [newEvent({ data: { n: Number.NaN } })] }],
      ['more than a message holds', { events: [newEvent({ data: { text: 'x'.repeat(600_000) } })] }],
      ['a partition below zero', { partition: -1 }],
      ['an empty service', { service: '' }],
    ])('refuses %s before anything is sent', async (_what, overrides) => {
      const number = partition();
      await expect(log().append(request({ partition: number, ...overrides }))).rejects.toThrow(UnstorableError);
      expect(await log().readPartition(number, 0, 10)).toEqual([]);
    });
  });
};
