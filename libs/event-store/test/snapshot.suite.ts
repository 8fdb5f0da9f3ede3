import { CategoryOwnedError, type NewSnapshot } from '../src/index.ts';
import type { LogUnderTest } from './event-log.suite.ts';
import { newEvent, request, stored } from './requests.ts';

export const snapshotSuite = ({ log, partition }: LogUnderTest): void => {
  /** A stream of eight events. */
  const eight = async (): Promise<number> => {
    const number = partition();
    const events = Array.from({ length: 8 }, (_, n) => newEvent({ data: { n } }));
    await stored(log(), request({ partition: number, events }));
    return number;
  };
  const keep = (number: number, of: Partial<NewSnapshot> = {}): Promise<void> =>
    log().keepSnapshot({
      service: 'gateway',
      partition: number,
      streamId: 'game-s1',
      decider: 'one',
      version: 5,
      state: { sum: 10 },
      ...of,
    });
  const load = async (number: number, decider = 'one', limit = 100) => {
    const { snapshot, events } = await log().loadStream(number, 'game-s1', decider, limit);
    return { snapshot, versions: events.map(({ version }) => version) };
  };

  describe('snapshots', () => {
    it('are absent at first: the whole stream is loaded, page by page', async () => {
      const number = await eight();
      expect(await load(number)).toEqual({ snapshot: undefined, versions: [1, 2, 3, 4, 5, 6, 7, 8] });
      expect(await load(number, 'one', 3)).toEqual({ snapshot: undefined, versions: [1, 2, 3] });
      expect(await load(partition())).toEqual({ snapshot: undefined, versions: [] });
      const next = await log().readStream(number, 'game-s1', 3, 3);
      expect(next.map(({ version }) => version)).toEqual([4, 5, 6]);
    });

    it('stand before the events that follow them, which are read as ever', async () => {
      const number = await eight();
      await keep(number);
      expect(await load(number)).toEqual({ snapshot: { version: 5, state: { sum: 10 } }, versions: [6, 7, 8] });
      expect(await load(number, 'one', 2)).toEqual({ snapshot: { version: 5, state: { sum: 10 } }, versions: [6, 7] });
      const { events } = await log().loadStream(number, 'game-s1', 'one', 100);
      expect(JSON.stringify(events)).toBe(JSON.stringify(await log().readStream(number, 'game-s1', 5)));
      await keep(number, { version: 8, state: null });
      expect(await load(number)).toEqual({ snapshot: { version: 8, state: null }, versions: [] });
    });

    it('come back as they were written, the order of their keys included', async () => {
      const number = await eight();
      const state = { zeta: 1, a: { longer: [1, null, 'é'], b: 0.725 } };
      await keep(number, { state });
      const { snapshot } = await log().loadStream(number, 'game-s1', 'one', 1);
      expect(JSON.stringify(snapshot?.state)).toBe(JSON.stringify(state));
    });

    it('of other rules are ignored, and go when they are left behind', async () => {
      const number = await eight();
      await keep(number);
      expect((await load(number, 'two')).snapshot).toBeUndefined();
      await keep(number, { decider: 'two', state: 'two' });
      expect((await load(number, 'one')).snapshot).toEqual({ version: 5, state: { sum: 10 } });
      await keep(number, { decider: 'two', version: 7, state: 'two' });
      expect((await load(number, 'one')).snapshot).toBeUndefined();
      expect((await load(number, 'two')).snapshot).toEqual({ version: 7, state: 'two' });
    });

    it('never go back', async () => {
      const number = await eight();
      await keep(number, { version: 7 });
      await keep(number, { version: 6, state: 'older' });
      expect((await load(number)).snapshot).toEqual({ version: 7, state: { sum: 10 } });
    });

    it('are kept by the owner of the category alone', async () => {
      const number = await eight();
      await expect(keep(number, { service: 'conflict-flow' })).rejects.toThrow(CategoryOwnedError);
      await expect(keep(number, { streamId: 'lonely-s1' })).rejects.toThrow(CategoryOwnedError);
      expect((await load(number)).snapshot).toBeUndefined();
    });
  });
};
