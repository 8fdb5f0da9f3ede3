import { waitUntil } from '@agon/testing';
import type { EventLog, StoredEvent } from '@agon/event-store';
import { decidedInputs, positionsOf } from '../test/counted-log.ts';
import { appendInput, storyIn } from '../test/inputs.ts';
import { bound, type Plan, type Replica, SERVICE } from '../test/replica.ts';
import { openWorld, type World } from '../test/world.ts';

/** A cause of failure that can be removed. */
class Fault {
  broken = true;

  readonly plan: Plan = {
    before: ({ data, storyId }) => {
      if (this.broken && storyId.endsWith('bad') && data['by'] === 7) throw new Error('the pack is missing');
    },
  };
}

/** What replicas have to say when something does not come about. */
const told = (replicas: readonly Replica[]): unknown =>
  replicas.map(({ recorder, attempts }) => [recorder.lines, positionsOf(attempts)]);

const redriven = ({ recorder }: Replica): number => recorder.of('redriven Counted handled');

describe('redriving', () => {
  let world: World;
  let log: EventLog;
  let partition = 0;

  beforeAll(async () => {
    world = await openWorld([1, 2, 3, 4, 5, 6]);
  });
  beforeEach(async () => {
    partition += 1;
    log = (await world.process('gateway')).log;
  });
  afterEach(() => world.end());
  afterAll(() => world.remove());

  const input = (story = 'bad', by = 1): Promise<StoredEvent> => appendInput(log, { partition, story, data: { by } });
  const bad = () => ({ partition, storyId: storyIn(partition, 'bad') });
  const request = () => log.requestRedrive(SERVICE, bad());
  const parked = async () => (await log.parked(SERVICE)).filter((message) => message.partition === partition);
  const decided = (story = 'bad') => decidedInputs(log, partition, story);
  const untilParked = (count: number, ...replicas: Replica[]) =>
    waitUntil('parked', async () => (await parked()).length === count, { saw: () => told(replicas) });
  const untilDecided = (inputs: readonly StoredEvent[], ...replicas: Replica[]) =>
    waitUntil('decided', async () => (await decided()).length >= inputs.length, { saw: () => told(replicas) });

  /** A story with one message that fails and two that wait behind it. */
  const poison = async (...replicas: Replica[]): Promise<StoredEvent[]> => {
    const inputs = [await input('bad', 7), await input(), await input()];
    await untilParked(3, ...replicas);
    return inputs;
  };

  it('handles what was parked in order, while more of the story and of others comes in', async () => {
    const fault = new Fault();
    const replica = await world.replica('one', { plan: fault.plan });
    await bound(replica);
    const inputs = await poison(replica);
    const others = [await input('good')];
    fault.broken = false;
    const coming = (async () => {
      for (let n = 0; n < 40; n += 1) {
        inputs.push(await input());
        others.push(await input('good'));
        if (n === 10) await request();
      }
    })();
    await coming;
    await untilDecided(inputs, replica);
    expect(await decided()).toEqual(positionsOf(inputs));
    await waitUntil('the others', async () => (await decided('good')).length === others.length);
    expect(await decided('good')).toEqual(positionsOf(others));
    expect(await parked()).toEqual([]);
    const { recorder } = replica;
    expect(recorder.of('redriven Counted handled')).toBeGreaterThanOrEqual(3);
    expect(recorder.of('redriven Counted failed')).toBe(0);
    await waitUntil('no story is parked', () => recorder.of('parked stories') === 0);
    const [line] = recorder.lines.filter(({ message }) => message === 'the parked message is handled');
    expect(line?.fields).toMatchObject({ correlationId: inputs[0]?.correlationId, position: inputs[0]?.position });
  });

  it('that fails again leaves the new reason and waits to be asked for anew', async () => {
    const fault = new Fault();
    const replica = await world.replica('one', { plan: fault.plan });
    await bound(replica);
    const inputs = await poison(replica);
    expect(await request()).toBe(3);
    await waitUntil('failed again', async () => (await parked())[0]?.attempts === 2, { saw: () => told([replica]) });
    expect(await parked()).toMatchObject([
      { error: 'the pack is missing', redriveRequestedAt: null },
      { error: null, attempts: 0, redriveRequestedAt: null },
      { error: null, attempts: 0, redriveRequestedAt: null },
    ]);
    expect(await decided()).toEqual([]);
    await waitUntil('it is counted', () => replica.recorder.of('redriven Counted failed') === 1);
    fault.broken = false;
    await request();
    await untilDecided(inputs, replica);
    expect(await decided()).toEqual(positionsOf(inputs));
  });

  it('lets two replicas redrive one story at once, each message handled once', async () => {
    const fault = new Fault();
    const [one, two] = [
      await world.replica('one', { plan: fault.plan }),
      await world.replica('two', { plan: fault.plan }),
    ];
    await Promise.all([bound(one), bound(two)]);
    const inputs = await poison(one, two);
    for (let n = 0; n < 30; n += 1) inputs.push(await input());
    await untilParked(33, one, two);
    fault.broken = false;
    await request();
    await untilDecided(inputs, one, two);
    // Whoever owns the partition has folded the streams before; the other has written to them.
    inputs.push(await input(), await input());
    await untilDecided(inputs, one, two);
    expect(await decided()).toEqual(positionsOf(inputs));
    expect(await parked()).toEqual([]);
    await waitUntil('all are counted, once', () => redriven(one) + redriven(two) === 33, {
      saw: () => [redriven(one), redriven(two)],
    });
    for (const { recorder } of [one, two]) expect(recorder.of('failed Counted transient')).toBe(0);
  });

  it('is finished by another replica when the one that was at it is gone', async () => {
    const fault = new Fault();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    let holding = false;
    const hold: Plan = {
      before: async (stored, context) => {
        await fault.plan.before?.(stored, context);
        if (fault.broken || stored.data['by'] !== 2) return;
        holding = true;
        await held;
      },
    };
    const first = await world.replica('first', { plan: hold });
    await bound(first);
    const inputs = [await input('bad', 7), await input(), await input('bad', 2), await input()];
    await untilParked(4, first);
    fault.broken = false;
    await request();
    await waitUntil('in the middle', () => holding, { saw: () => told([first]) });
    expect(await decided()).toEqual(positionsOf(inputs.slice(0, 2)));
    // It hangs, and says nothing more.
    await first.nats.close();
    const second = await world.replica('second', { plan: fault.plan });
    await untilDecided(inputs, second);
    expect(await decided()).toEqual(positionsOf(inputs));
    // And comes back.
    release();
    await waitUntil('it is told', () => first.recorder.of('handled Counted already-handled') === 1);
    expect(await decided()).toEqual(positionsOf(inputs));
    expect(await parked()).toEqual([]);
  });

  it('unparks a message for which its handler appends nothing', async () => {
    const replica = await world.replica('one');
    await bound(replica);
    const noted = await appendInput(log, { partition, story: 'bad', type: 'Noted' });
    await waitUntil('noted', () => replica.attempts.length === 1);
    const { position, storyId } = noted;
    await log.park({ service: SERVICE, partition, position, storyId, error: 'broken' });
    await request();
    await waitUntil('unparked', async () => (await parked()).length === 0);
    expect(positionsOf(replica.attempts)).toEqual([position, position]);
    await waitUntil('it is counted', () => replica.recorder.of('redriven Noted handled') === 1);
  });
});
