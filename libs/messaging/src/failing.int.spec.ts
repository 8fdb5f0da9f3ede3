import { startNats, type TestNats, waitUntil } from '@agon/testing';
import type { MemoryEventLog } from '@agon/event-store';
import { countedLog, decidedInputs, positionsOf } from '../test/counted-log.ts';
import { appendInput } from '../test/inputs.ts';
import { type Replica, type ReplicaOptions, SERVICE, startReplica } from '../test/replica.ts';
import { StoryFeeder } from '../test/story-feeder.ts';
import { connectNats } from './connection.ts';

/** What `pg` throws when nothing listens. */
const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

describe('failing', () => {
  let broker: TestNats;
  let log: MemoryEventLog;
  let replica: Replica | undefined;

  beforeAll(async () => {
    broker = await startNats();
  });
  beforeEach(async () => {
    log = await countedLog();
  });
  afterEach(async () => {
    await replica?.feeder.deleteStream(0);
    await replica?.stop();
    replica = undefined;
  });
  afterAll(() => broker.remove());

  const start = async (options: Partial<ReplicaOptions> = {}): Promise<Replica> => {
    replica = await startReplica({ url: broker.url, log, ...options });
    return replica;
  };
  const parkedPositions = async (): Promise<number[]> => (await log.parked(SERVICE)).map(({ position }) => position);

  it('parks the story of a poison message, and no other', async () => {
    const poison = await appendInput(log, { story: 'bad', data: { by: 'much' } });
    await appendInput(log, { story: 'good' });
    const later = await appendInput(log, { story: 'bad' });
    await appendInput(log, { story: 'good' });
    const again = await appendInput(log, { story: 'bad', data: { by: 'more' } });
    await appendInput(log, { story: 'good' });
    const { attempts, recorder } = await start();
    await waitUntil('the good story goes on', async () => (await decidedInputs(log, 0, 'good')).length === 3);
    expect(await decidedInputs(log, 0, 'good')).toEqual([2, 4, 6]);
    expect(await parkedPositions()).toEqual([poison.position, later.position, again.position]);
    expect(await decidedInputs(log, 0, 'bad')).toEqual([]);
    // Three tries for the first; none is lost on what only stands behind it.
    expect(recorder.of('failed Counted permanent')).toBe(4);
    expect(recorder.of('parked Counted')).toBe(3);
    expect(positionsOf(attempts)).toEqual([2, 3, 4, 6]);
    const [first] = recorder.lines.filter(({ message }) => message === 'the message failed');
    const { eventId, correlationId, position } = poison;
    expect(first?.fields).toMatchObject({ eventId, correlationId, position });
  });

  it('parks within a second', async () => {
    await appendInput(log, { data: { by: 'much' } });
    const since: number[] = [];
    await start({
      parse: () => {
        since.push(performance.now());
        throw new Error('broken');
      },
    });
    await waitUntil('parked', async () => (await parkedPositions()).length === 1);
    expect(since).toHaveLength(3);
    expect((since[2] ?? Infinity) - (since[0] ?? 0)).toBeLessThan(1_000);
  });

  it('does not hold a failure against a message that is handled in the end', async () => {
    await appendInput(log);
    let calls = 0;
    const before = (): void => {
      calls += 1;
      if (calls < 3) throw new Error('not yet');
    };
    await start({ plan: { before } });
    await waitUntil('decided', async () => (await decidedInputs(log)).length === 1);
    expect(await parkedPositions()).toEqual([]);
  });

  it('waits for Postgres for as long as it takes, parks nothing and keeps the order', async () => {
    for (let n = 0; n < 5; n += 1) await appendInput(log, { story: n % 2 === 0 ? 'one' : 'two' });
    const append = log.append.bind(log);
    let down = true;
    log.append = (request) => (down ? Promise.reject(refused()) : append(request));
    const { recorder, attempts, nats } = await start({ ackWaitMs: 1_000 });
    await waitUntil('many tries', () => recorder.of('failed Counted transient') >= 6);
    expect(new Set(positionsOf(attempts))).toEqual(new Set([1]));
    down = false;
    await waitUntil('all decided', async () => (await decidedInputs(log)).length === 3);
    await waitUntil('all decided', async () => (await decidedInputs(log, 0, 'two')).length === 2);
    const positions = positionsOf(attempts);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(await parkedPositions()).toEqual([]);
    expect(recorder.of('failed Counted permanent')).toBe(0);
    expect(recorder.said(/waits for something/)).toBe(1);
    expect(recorder.said(/handled after waiting/)).toBe(1);
    expect(nats.isClosed()).toBe(false);
  });

  it('waits for Postgres to take a parked message, too', async () => {
    const poison = await appendInput(log, { data: { by: 'much' } });
    const park = log.park.bind(log);
    let failures = 0;
    log.park = (message) => {
      failures += 1;
      return failures < 4 ? Promise.reject(refused()) : park(message);
    };
    await start();
    await waitUntil('parked', async () => (await parkedPositions()).length === 1);
    expect(await parkedPositions()).toEqual([poison.position]);
  });

  it('stops in the middle of waiting, and leaves the message to the next', async () => {
    await appendInput(log);
    const append = log.append.bind(log);
    log.append = () => Promise.reject(refused());
    const first = await start();
    await waitUntil('waiting', () => first.recorder.of('failed Counted transient') > 0);
    const since = performance.now();
    await first.stop();
    expect(performance.now() - since).toBeLessThan(1_000);
    log.append = append;
    const second = await start();
    await waitUntil('decided', async () => (await decidedInputs(log)).length === 1);
    expect(second.attempts).toHaveLength(1);
  });

  it('binds anew when the log does not reach the message', async () => {
    await appendInput(log);
    for (let n = 0; n < 5; n += 1) await appendInput(log, { type: 'Unknown' });
    const lost = await appendInput(log);
    const shorter = await countedLog();
    await appendInput(shorter);
    const nats = await connectNats(broker.url, 'setup');
    const publisher = new StoryFeeder(log, nats);
    await publisher.createFrom(0, 1);
    const { recorder, attempts } = await start({ log: shorter, nats, publisher });
    await waitUntil('the loss is seen', () => recorder.said(/does not consume/) > 0);
    expect(positionsOf(attempts)).toEqual([1, lost.position]);
    expect(await shorter.parked(SERVICE)).toEqual([]);
    expect(await decidedInputs(shorter)).toEqual([1]);
  });
});
