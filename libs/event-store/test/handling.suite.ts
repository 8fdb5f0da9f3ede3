import {
  isTransient,
  PastHeadError,
  type AppendOutcome,
  type AppendRequest,
  type UnhandledMessage,
} from '../src/index.ts';
import type { LogUnderTest } from './event-log.suite.ts';
import { contents, flowRequest, newEvent, request, stored } from './requests.ts';

const message = (partition: number, position: number): UnhandledMessage => ({
  service: 'conflict-flow',
  partition,
  position,
  storyId: 's1',
  error: 'ZodError: tension\0',
});

export const handlingSuite = ({ log, partition }: LogUnderTest): void => {
  /** A partition with this many messages of the story. */
  const withMessages = async (count: number): Promise<number> => {
    const number = partition();
    await stored(log(), request({ partition: number, events: Array.from({ length: count }, () => newEvent()) }));
    return number;
  };

  describe('the handled mark', () => {
    it('stores nothing for a message at or below the mark', async () => {
      const number = await withMessages(3);
      await stored(log(), flowRequest({ partition: number, handles: 2 }));
      const before = await contents(log(), number);
      for (const handles of [2, 1]) {
        const again = await log().append(flowRequest({ partition: number, handles }));
        expect(again).toEqual({ outcome: 'already-handled', mark: 2 });
      }
      expect(await contents(log(), number)).toEqual(before);
      await stored(log(), flowRequest({ partition: number, handles: 3 }));
      expect((await log().marks(number)).get('conflict-flow')).toBe(3);
    });

    it('is kept per service', async () => {
      const number = await withMessages(2);
      await stored(log(), flowRequest({ partition: number, handles: 2 }));
      await stored(log(), request({ partition: number, handles: 1 }));
      expect(await log().marks(number)).toEqual(
        new Map([
          ['conflict-flow', 2],
          ['gateway', 1],
        ]),
      );
    });

    it('is moved by an append without events, after the versions are checked', async () => {
      const number = await withMessages(2);
      const nothing = flowRequest({ partition: number, handles: 1, events: [] });
      const expected = new Map([['flow-s1', 4]]);
      expect(await log().append({ ...nothing, expected })).toMatchObject({ outcome: 'wrong-version', actual: 0 });
      expect(await log().marks(number)).toEqual(new Map());
      expect(await log().append(nothing)).toEqual({ outcome: 'appended', events: [] });
      expect(await log().marks(number)).toEqual(new Map([['conflict-flow', 1]]));
      expect(await log().append(nothing)).toEqual({ outcome: 'already-handled', mark: 1 });
      expect((await log().heads()).get(number)).toBe(2);
    });

    it('never moves past the head of the log', async () => {
      const number = await withMessages(2);
      const before = await contents(log(), number);
      const error: unknown = await log()
        .append(flowRequest({ partition: number, handles: 3 }))
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(PastHeadError);
      expect(isTransient(error)).toBe(true);
      await expect(
        log().park({ service: 'conflict-flow', partition: number, position: 3, storyId: 's1', error: 'e' }),
      ).rejects.toThrow(PastHeadError);
      expect(await contents(log(), number)).toEqual(before);
    });

    it('starts at zero or at the head, and is never reset by registering', async () => {
      const [number, empty] = [await withMessages(3), partition()];
      await log().register('conflict-flow', [number, empty], 'head');
      await log().register('social-circle', [number, empty], 'start');
      await log().register('conflict-flow', [number, empty], 'start');
      await log().register('social-circle', [number, empty], 'head');
      const marks = { number: await log().marks(number), empty: await log().marks(empty) };
      expect(marks.number).toEqual(new Map(Object.entries({ 'conflict-flow': 3, 'social-circle': 0 })));
      expect(marks.empty).toEqual(new Map(Object.entries({ 'conflict-flow': 0, 'social-circle': 0 })));
    });
  });

  describe('a parked message', () => {
    it('moves the mark and holds back its story for its service alone', async () => {
      const number = await withMessages(3);
      await log().park(message(number, 1));
      expect((await log().marks(number)).get('conflict-flow')).toBe(1);
      expect((await contents(log(), number)).parked).toMatchObject([{ position: 1, storyId: 's1' }]);
      expect(await log().append(flowRequest({ partition: number, handles: 2 }))).toEqual({ outcome: 'parked' });
      expect(await log().append(flowRequest({ partition: number, handles: 2, events: [] }))).toEqual({
        outcome: 'parked',
      });
      await stored(log(), request({ partition: number, handles: 2 }));
      const events = [newEvent({ streamId: 'flow-s2' })];
      await stored(log(), flowRequest({ partition: number, storyId: 's2', handles: 3, events }));
    });

    it('is recorded once, and not at all when it was handled', async () => {
      const number = await withMessages(3);
      await stored(log(), flowRequest({ partition: number, handles: 2 }));
      await log().park(message(number, 2));
      expect((await contents(log(), number)).parked).toEqual([]);
      expect(await log().park(message(number, 1))).toBe('already-handled');
      expect(await log().park(message(number, 3))).toBe('parked');
      expect(await log().park({ ...message(number, 3), error: 'again' })).toBe('parked');
      expect((await contents(log(), number)).parked).toMatchObject([
        { position: 3, error: 'ZodError: tension', attempts: 1, redriveRequestedAt: null },
      ]);
    });
  });

  it('changes nothing, whatever the refusal', async () => {
    const number = await withMessages(4);
    const known = newEvent({ streamId: 'flow-s1' });
    await stored(log(), flowRequest({ partition: number, handles: 1, events: [known] }));
    await log().park({ service: 'conflict-flow', partition: number, position: 2, storyId: 's9', error: 'e' });
    const before = await contents(log(), number);
    const story9 = { storyId: 's9', events: [newEvent({ streamId: 'flow-s9' })] };
    const refused: [AppendOutcome['outcome'] | 'thrown', Partial<AppendRequest>][] = [
      ['already-handled', { handles: 2 }],
      ['parked', { handles: 3, ...story9 }],
      ['duplicate', { handles: 3, events: [known] }],
      ['thrown', { handles: 3, events: [newEvent({ streamId: 'flow-s1' }), known] }],
      ['thrown', { handles: 99 }],
      ['not-owner', { handles: 3, events: [newEvent({ streamId: 'flow-s1' }), newEvent()] }],
      ['wrong-version', { handles: 3, expected: new Map([['flow-s1', 'none']]) }],
    ];
    for (const [expected, overrides] of refused) {
      const outcome = await log()
        .append(flowRequest({ partition: number, ...overrides }))
        .then(
          (answer): string => answer.outcome,
          () => 'thrown',
        );
      expect(outcome).toBe(expected);
      expect(await contents(log(), number)).toEqual(before);
    }
  });
};
