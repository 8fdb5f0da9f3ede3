import * as fc from 'fast-check';
import type { EventLog, StoryAt, UnhandledMessage } from '../src/index.ts';
import type { LogUnderTest } from './event-log.suite.ts';
import { contents, flowRequest, newEvent, request, stored } from './requests.ts';

const SERVICE = 'conflict-flow';

const at = (partition: number, storyId = 's1'): StoryAt => ({ partition, storyId });

export const redriveSuite = ({ log, partition }: LogUnderTest): void => {
  /** A partition with messages of the story, of which the first so many are parked: the first failed, the others wait. */
  const withParked = async (count: number, parked: number): Promise<number> => {
    const number = partition();
    await stored(log(), request({ partition: number, events: Array.from({ length: count }, () => newEvent()) }));
    for (let position = 1; position <= parked; position += 1) {
      const message = { ...at(number), service: SERVICE, position };
      const how = position === 1 ? { error: 'broken' } : { error: null, onlyBehind: true };
      expect(await log().park({ ...message, ...how })).toBe('parked');
    }
    return number;
  };
  const parkedAt = async (number: number): Promise<number[]> =>
    (await contents(log(), number)).parked.map(({ position }) => position);
  const mark = async (number: number): Promise<number | undefined> => (await log().marks(number)).get(SERVICE);

  describe('a redrive', () => {
    it('handles the first parked message late, and no other: the mark stays', async () => {
      const number = await withParked(4, 3);
      const handle = (handles: number): Promise<{ outcome: string }> =>
        log().append(flowRequest({ partition: number, handles }));
      expect(await handle(3)).toEqual({ outcome: 'already-handled', mark: 3 });
      expect(await handle(2)).toEqual({ outcome: 'already-handled', mark: 3 });
      expect(await handle(4)).toEqual({ outcome: 'parked' });
      expect(await log().append(flowRequest({ partition: number }))).toEqual({ outcome: 'parked' });
      for (const [position, rest] of [
        [1, [2, 3]],
        [2, [3]],
        [3, []],
      ] as const) {
        expect(await handle(position)).toMatchObject({ outcome: 'appended', events: [{ version: position }] });
        expect(await parkedAt(number)).toEqual(rest);
        expect(await mark(number)).toBe(3);
        expect(await handle(position)).toEqual({ outcome: 'already-handled', mark: 3 });
      }
      expect(await handle(4)).toMatchObject({ outcome: 'appended' });
      expect(await mark(number)).toBe(4);
    });

    it('is held to the other checks, which leave the message parked', async () => {
      const number = await withParked(2, 1);
      const late = { partition: number, handles: 1 };
      const foreign = [newEvent()];
      const before = await contents(log(), number);
      const wrong = flowRequest({ ...late, expected: new Map([['flow-s1', 7]]) });
      expect(await log().append(wrong)).toMatchObject({ outcome: 'wrong-version' });
      expect(await log().append(flowRequest({ ...late, events: foreign }))).toMatchObject({ outcome: 'not-owner' });
      expect(await contents(log(), number)).toEqual(before);
    });

    it('unparks a message for which nothing is decided', async () => {
      const number = await withParked(1, 1);
      const nothing = flowRequest({ partition: number, handles: 1, events: [] });
      expect(await log().append(nothing)).toEqual({ outcome: 'appended', events: [] });
      expect(await parkedAt(number)).toEqual([]);
    });

    it('takes neither another story nor another service for the parked one', async () => {
      const number = await withParked(2, 1);
      const other = flowRequest({
        partition: number,
        handles: 1,
        storyId: 's2',
        events: [newEvent({ streamId: 'flow-s2' })],
      });
      expect(await log().append(other)).toEqual({ outcome: 'already-handled', mark: 1 });
      await stored(log(), request({ partition: number, handles: 1 }));
      expect(await parkedAt(number)).toEqual([1]);
    });

    it('lets exactly one of two replicas handle each message', async () => {
      const number = await withParked(20, 20);
      for (let handles = 1; handles <= 20; handles += 1) {
        const handle = (): Promise<{ outcome: string }> => log().append(flowRequest({ partition: number, handles }));
        const outcomes = await Promise.all([handle(), handle()]);
        expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['already-handled', 'appended']);
      }
      expect(await log().readStream(number, 'flow-s1')).toHaveLength(20);
      expect(await parkedAt(number)).toEqual([]);
    });

    it('is asked for by story, and what is parked behind it meanwhile is asked for, too', async () => {
      const number = await withParked(3, 2);
      expect(await log().requestRedrive(SERVICE, at(number, 's2'))).toBe(0);
      expect(await log().requestRedrive('gateway', at(number))).toBe(0);
      expect((await contents(log(), number)).requested).toEqual([]);
      expect(await log().requestRedrive(SERVICE, at(number))).toBe(2);
      const [since] = (await contents(log(), number)).parked;
      expect(await log().requestRedrive(SERVICE, at(number))).toBe(2);
      await log().park({ ...at(number), service: SERVICE, position: 3, error: null, onlyBehind: true });
      const { parked, requested } = await contents(log(), number);
      expect(requested).toEqual([at(number)]);
      expect(parked.map(({ redriveRequestedAt }) => redriveRequestedAt)).toEqual(
        Array(3).fill(since?.redriveRequestedAt),
      );
      expect(since?.redriveRequestedAt).toMatch(/^\d{4}-.*Z$/);
    });

    it('that fails again leaves the new reason, and is over until it is asked for anew', async () => {
      const number = await withParked(2, 2);
      await log().requestRedrive(SERVICE, at(number));
      const again: UnhandledMessage = { ...at(number), service: SERVICE, position: 1, error: 'still broken' };
      expect(await log().park(again)).toBe('parked');
      // Another replica that failed at the same time.
      expect(await log().park({ ...again, error: 'late' })).toBe('parked');
      const { parked, requested } = await contents(log(), number);
      expect(requested).toEqual([]);
      expect(parked).toMatchObject([
        { position: 1, error: 'still broken', attempts: 2, redriveRequestedAt: null },
        { position: 2, error: null, attempts: 0, redriveRequestedAt: null },
      ]);
    });

    it('is not failed by who only waits behind it', async () => {
      const number = await withParked(2, 2);
      await log().requestRedrive(SERVICE, at(number));
      const before = await contents(log(), number);
      const behind = { ...at(number), service: SERVICE, position: 2, error: null, onlyBehind: true };
      expect(await log().park(behind)).toBe('parked');
      expect(await contents(log(), number)).toEqual(before);
    });

    it('leaves nobody parked behind a message that is not parked any more', async () => {
      const number = await withParked(2, 1);
      await stored(log(), flowRequest({ partition: number, handles: 1 }));
      const behind = { ...at(number), service: SERVICE, position: 2, error: 'e', onlyBehind: true };
      const before = await contents(log(), number);
      expect(await log().park(behind)).toBe('story-free');
      expect(await contents(log(), number)).toEqual(before);
      expect(await log().park({ ...behind, onlyBehind: false })).toBe('parked');
      expect(await log().firstParked(SERVICE, at(number))).toMatchObject({ position: 2, error: 'e' });
    });

    it('shows how many stories are parked, and which message comes next', async () => {
      const service = `counting-${partition()}`;
      const [one, two] = [await withParked(3, 0), await withParked(1, 0)];
      expect(await log().parkedStories(service)).toBe(0);
      expect(await log().firstParked(service, at(one))).toBeUndefined();
      for (const [number, position] of [
        [one, 1],
        [one, 3],
        [two, 1],
      ] as const) {
        await log().park({ ...at(number), service, position, error: 'e' });
      }
      expect(await log().parkedStories(service)).toBe(2);
      expect(await log().firstParked(service, at(one))).toMatchObject({ position: 1 });
    });
  });

  it('handles every message once and in the order of its story, however handling, parking and redriving meet', async () => {
    await fc.assert(
      fc.asyncProperty(stories, schedules, async (order, schedule) => {
        const number = partition();
        for (const storyId of order) {
          await stored(
            log(),
            request({ partition: number, storyId, events: [newEvent({ streamId: `game-${storyId}` })] }),
          );
        }
        const service = new SmallService(log(), number, order);
        // All steps of a round at once: in Postgres they meet as they like.
        for (const round of schedule) await Promise.all(round.map((step) => service.take(step)));
        await service.finish();
        for (const storyId of new Set(order)) {
          const decided = await log().readStream(number, `flow-${storyId}`);
          const positions = order.flatMap((one, index) => (one === storyId ? [index + 1] : []));
          expect(decided.map(({ data }) => data['handled'])).toEqual(positions);
        }
        expect(await parkedAt(number)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
};

/** Which story each message of the partition belongs to. */
const stories = fc.array(fc.constantFrom('s1', 's2'), { minLength: 4, maxLength: 12 });

interface Step {
  readonly kind: 'consume' | 'redrive' | 'request';
  readonly fails: boolean;
  readonly storyId: string;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('consume', 'consume', 'redrive', 'redrive', 'request'),
  fails: fc.boolean(),
  storyId: fc.constantFrom('s1', 's2'),
});
const schedules = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 40 });

/** The least that a service does: consume in order, park what fails and what is behind it, redrive when asked. */
class SmallService {
  readonly #log: EventLog;
  readonly #partition: number;
  readonly #order: readonly string[];

  constructor(log: EventLog, partition: number, order: readonly string[]) {
    this.#log = log;
    this.#partition = partition;
    this.#order = order;
  }

  async take({ kind, fails, storyId }: Step): Promise<void> {
    if (kind === 'consume') return this.#consume(fails);
    const story = { partition: this.#partition, storyId };
    if (kind === 'request') return void (await this.#log.requestRedrive(SERVICE, story));
    const first = await this.#log.firstParked(SERVICE, story);
    if (first === undefined || first.redriveRequestedAt === null) return;
    if (fails) await this.#park(first.position, storyId, false);
    else await this.#handle(first.position, storyId);
  }

  /** Nothing fails any more, and every redrive is asked for. */
  async finish(): Promise<void> {
    for (const [index] of this.#order.entries()) {
      await this.#consume(false);
      for (const storyId of new Set(this.#order)) {
        await this.take({ kind: 'request', fails: false, storyId });
        for (let left = index + 1; left > 0; left -= 1) await this.take({ kind: 'redrive', fails: false, storyId });
      }
    }
  }

  async #consume(fails: boolean): Promise<void> {
    const position = ((await this.#log.marks(this.#partition)).get(SERVICE) ?? 0) + 1;
    const storyId = this.#order[position - 1];
    if (storyId === undefined) return;
    if (fails) return void (await this.#park(position, storyId, false));
    const outcome = await this.#handle(position, storyId);
    if (outcome !== 'parked') return;
    if ((await this.#park(position, storyId, true)) === 'story-free') await this.#handle(position, storyId);
  }

  async #handle(handles: number, storyId: string): Promise<string> {
    const events = [newEvent({ streamId: `flow-${storyId}`, data: { handled: handles } })];
    return (await this.#log.append(flowRequest({ partition: this.#partition, storyId, handles, events }))).outcome;
  }

  #park(position: number, storyId: string, onlyBehind: boolean): Promise<string> {
    const error = onlyBehind ? null : 'broken';
    return this.#log.park({ service: SERVICE, partition: this.#partition, position, storyId, error, onlyBehind });
  }
}
