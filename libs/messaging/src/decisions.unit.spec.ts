import { MemoryEventLog, type StoredEvent } from '@agon/event-store';
import { counter, type CounterEvent, counterOf, LIMIT } from '../test/counter.ts';
import { appendInput, storyIn } from '../test/inputs.ts';
import { Decisions } from './decisions.ts';
import { PermanentError, StoryParkedError, TransientError } from './errors.ts';

const SERVICE = 'counting';

const setUp = async () => {
  const log = new MemoryEventLog();
  await log.claim('gateway', ['game']);
  await log.claim(SERVICE, ['counter', 'echo']);
  await log.register(SERVICE, [0], 'start');
  const reads: string[] = [];
  const readStream = log.readStream.bind(log);
  log.readStream = (partition, streamId, after) => {
    reads.push(streamId);
    return readStream(partition, streamId, after);
  };
  const decisions = new Decisions({ service: SERVICE, log, engine: '7' });
  return { log, reads, decisions };
};

const moved = (by: number): CounterEvent => ({ type: 'CounterMoved', data: { by, input: 1 } });

const count = (decisions: Decisions, message: StoredEvent, by = 1) =>
  decisions.handle(message, { counter: counterOf(message.storyId) }, (states) => [
    { stream: 'counter', events: counter.decide(by, message.position, states.counter) },
  ]);

const act = (decisions: Decisions, cause: StoredEvent, by = 1) =>
  decisions.act(cause, 'dusk', { counter: counterOf(cause.storyId) }, (states) => [
    { stream: 'counter', events: counter.decide(by, cause.position, states.counter) },
  ]);

describe('Decisions', () => {
  it('acts: appends what was decided and moves the mark', async () => {
    const { log, decisions } = await setUp();
    const message = await appendInput(log);
    const handled = await count(decisions, message);
    expect(handled.outcome).toBe('appended');
    expect(handled.events).toMatchObject([
      { type: 'CounterMoved', data: { by: 1, input: 1 }, version: 1, position: 2 },
    ]);
    expect(await log.readPartition(0, 1, 10)).toEqual(handled.events);
    expect((await log.marks(0)).get(SERVICE)).toBe(message.position);
  });

  it('refuses: a refusal is a fact like any other', async () => {
    const { log, decisions } = await setUp();
    const handled = await count(decisions, await appendInput(log), LIMIT + 1);
    expect(handled.events.map(({ type }) => type)).toEqual(['CounterRefused']);
  });

  it('stays quiet: the mark moves all the same', async () => {
    const { log, decisions } = await setUp();
    const message = await appendInput(log);
    expect(await count(decisions, message, 0)).toEqual({ outcome: 'appended', events: [] });
    expect((await log.marks(0)).get(SERVICE)).toBe(message.position);
  });

  it('decides from what it folded itself, without a read', async () => {
    const { log, reads, decisions } = await setUp();
    for (let n = 0; n < 3; n += 1) await count(decisions, await appendInput(log), LIMIT / 2);
    expect(reads).toEqual([`counter-${storyIn(0)}`]);
    expect((await log.readStream(0, `counter-${storyIn(0)}`)).map(({ type }) => type)).toEqual([
      'CounterMoved',
      'CounterMoved',
      'CounterRefused',
    ]);
  });

  it('appends to several streams in the order that was decided', async () => {
    const { log, decisions } = await setUp();
    const message = await appendInput(log);
    const echo = { ...counterOf(message.storyId), streamId: `echo-${message.storyId}` };
    const handled = await decisions.handle(message, { counter: counterOf(message.storyId), echo }, () => [
      { stream: 'echo', events: [moved(1)] },
      { stream: 'counter', events: [{ ...moved(2), because: ['rule.two'] }] },
      { stream: 'echo', events: [{ ...moved(3), schemaVersion: 2 }] },
    ]);
    expect(handled.events).toMatchObject([
      { streamId: echo.streamId, version: 1, data: { by: 1 }, schemaVersion: 1 },
      { streamId: `counter-${message.storyId}`, version: 1, data: { by: 2 }, metadata: { because: ['rule.two'] } },
      { streamId: echo.streamId, version: 2, data: { by: 3 }, schemaVersion: 2 },
    ]);
    expect(handled.events[0]?.metadata).not.toHaveProperty('because');
  });

  it('decides again from the log when another replica has moved the stream', async () => {
    const { log, reads, decisions } = await setUp();
    const other = new Decisions({ service: SERVICE, log });
    await count(decisions, await appendInput(log), LIMIT - 2);
    await count(other, await appendInput(log), 2);
    const handled = await count(decisions, await appendInput(log), 1);
    expect(handled.events.map(({ type }) => type)).toEqual(['CounterRefused']);
    expect(reads).toHaveLength(3);
  });

  it('checks the version of a stream that it only looked at', async () => {
    const { log, decisions } = await setUp();
    const looked: number[] = [];
    const look = (message: StoredEvent) =>
      decisions.handle(message, { counter: counterOf(message.storyId) }, ({ counter: { sum } }) => {
        looked.push(sum);
        return [];
      });
    await look(await appendInput(log));
    await count(new Decisions({ service: SERVICE, log }), await appendInput(log), 5);
    await look(await appendInput(log));
    expect(looked).toEqual([0, 0, 5]);
  });

  it('decides nothing twice, and answers nothing the second time', async () => {
    const { log, reads, decisions } = await setUp();
    const message = await appendInput(log);
    await count(decisions, message);
    expect(await count(decisions, message)).toEqual({ outcome: 'already-handled', events: [] });
    await count(decisions, await appendInput(log));
    expect(reads).toHaveLength(2);
    expect((await log.readStream(0, `counter-${storyIn(0)}`)).map(({ data }) => data['input'])).toEqual([1, 3]);
  });

  it('knows its own events when the mark is missing', async () => {
    const { log, decisions } = await setUp();
    const message = await appendInput(log);
    await count(decisions, message);
    const append = log.append.bind(log);
    log.append = (request) => append({ ...request, handles: undefined });
    expect(await count(decisions, message)).toEqual({ outcome: 'duplicate', events: [] });
  });

  it('forgets a partition when told to', async () => {
    const { log, reads, decisions } = await setUp();
    await count(decisions, await appendInput(log));
    decisions.dropPartition(1);
    await count(decisions, await appendInput(log));
    expect(reads).toHaveLength(1);
    decisions.dropPartition(0);
    await count(decisions, await appendInput(log));
    expect(reads).toHaveLength(2);
  });

  it('folds a stream anew for another fold', async () => {
    const { log, reads, decisions } = await setUp();
    await count(decisions, await appendInput(log), 3);
    const message = await appendInput(log);
    const tally = { initialState: () => 10, evolve: (state: number) => state + 1 };
    const use = { ...counterOf(message.storyId), decider: tally };
    const seen: number[] = [];
    await decisions.handle(message, { use }, (states) => {
      seen.push(states.use);
      return [];
    });
    expect(seen).toEqual([11]);
    expect(reads).toHaveLength(2);
  });

  it('gives up for a while when the stream never stands still', async () => {
    const { log, decisions } = await setUp();
    const message = await appendInput(log);
    log.append = async () => ({ outcome: 'wrong-version', streamId: `counter-${message.storyId}`, actual: 9 });
    await expect(count(decisions, message)).rejects.toThrow(TransientError);
  });

  it('does not append for a parked story', async () => {
    const { log, decisions } = await setUp();
    const { partition, position, storyId } = await appendInput(log);
    await log.park({ service: SERVICE, partition, position, storyId, error: 'broken' });
    await expect(count(decisions, await appendInput(log))).rejects.toThrow(StoryParkedError);
  });

  it('finds out that another replica has redriven the story since it folded the streams', async () => {
    const { log, decisions } = await setUp();
    await count(decisions, await appendInput(log), LIMIT - 2);
    const { partition, position, storyId, ...rest } = await appendInput(log);
    await log.park({ service: SERVICE, partition, position, storyId, error: 'broken' });
    const other = new Decisions({ service: SERVICE, log });
    await count(other, { partition, position, storyId, ...rest }, 2);
    const { events } = await count(decisions, await appendInput(log), 1);
    expect(events).toMatchObject([{ type: 'CounterRefused' }]);
  });

  it("does not append to another service's category", async () => {
    const { log, decisions } = await setUp();
    const message = await appendInput(log);
    const use = { ...counterOf(message.storyId), streamId: `game-${message.storyId}` };
    const foreign = decisions.handle(message, { use }, () => [{ stream: 'use', events: [moved(1)] }]);
    // The input itself is in that stream, so the version is right and only the owner is not.
    await expect(foreign).rejects.toThrow(PermanentError);
  });

  it('holds events against the stream that they are decided for', async () => {
    const { log, decisions } = await setUp();
    const message = await appendInput(log);
    const streams = { counter: counterOf(message.storyId) };
    const misuse = [
      // @ts-expect-error there is no such stream
      () => decisions.handle(message, streams, () => [{ stream: 'other', events: [] }]),
      // @ts-expect-error the counter has no such event
      () => decisions.handle(message, streams, () => [{ stream: 'counter', events: [{ type: 'Other', data: {} }] }]),
      // @ts-expect-error the state is a counter
      () => decisions.handle(message, streams, ({ counter: state }) => (state.missing ? [] : [])),
      () => {
        const use = { ...streams.counter, select: () => ({ type: 'Other', data: {} }) };
        // @ts-expect-error the counter does not fold what is selected
        return decisions.handle(message, { use }, () => []);
      },
    ];
    expect(misuse).toHaveLength(4);
  });

  describe('without a message', () => {
    it('appends what time brings about, and moves no mark', async () => {
      const { log, decisions } = await setUp();
      const cause = await appendInput(log);
      const { events } = await act(decisions, cause);
      expect(await log.readPartition(0, cause.position, 10)).toEqual(events);
      expect(events).toMatchObject([{ correlationId: cause.correlationId, metadata: { causationId: cause.eventId } }]);
      expect((await log.marks(0)).get(SERVICE)).toBe(0);
    });

    it('takes nothing from the handling of its cause, which comes before or after', async () => {
      const { log, decisions } = await setUp();
      const [early, late] = [await appendInput(log), await appendInput(log)];
      await act(decisions, early);
      await count(decisions, early);
      await count(decisions, late);
      await act(decisions, late);
      expect(await log.readPartition(0, 2, 10)).toHaveLength(4);
    });

    it('appends nothing when nothing is due', async () => {
      const { log, decisions } = await setUp();
      const cause = await appendInput(log);
      expect(await act(decisions, cause, 0)).toEqual({ outcome: 'appended', events: [] });
      expect(await log.readPartition(0, cause.position, 10)).toEqual([]);
    });

    it('lets one of two replicas in that see the same thing due', async () => {
      const { log, decisions } = await setUp();
      const other = new Decisions({ service: SERVICE, log });
      const cause = await appendInput(log);
      await Promise.all([act(decisions, cause), act(other, cause)]);
      expect(await log.readPartition(0, cause.position, 10)).toHaveLength(1);
    });
  });
});
