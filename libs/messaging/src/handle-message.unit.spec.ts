import { setImmediate as turn } from 'node:timers/promises';
import { type MemoryEventLog, PastHeadError, type StoredEvent } from '@agon/event-store';
import { countedLog } from '../test/counted-log.ts';
import { appendInput } from '../test/inputs.ts';
import { Recorder } from '../test/recorder.ts';
import { SERVICE } from '../test/replica.ts';
import { PermanentError, StoryParkedError, TransientError } from './errors.ts';
import { type HandleOptions, isWorthWaiting, MessageHandler, type Reply } from './handle-message.ts';

const setUp = async (options: Partial<HandleOptions> = {}) => {
  const log: MemoryEventLog = await countedLog();
  const recorder = new Recorder();
  const replies: Reply[] = [];
  const handler = new MessageHandler({
    service: SERVICE,
    log,
    parse: ({ data }) => data,
    call: async () => undefined,
    reply: (_subject, answer) => void replies.push(answer),
    isAnswer: () => true,
    around: (_stored, run) => run(),
    ackWaitMs: 60,
    metrics: recorder.metrics,
    logger: recorder.logger,
    ...options,
  });
  const abort = new AbortController();
  let beats = 0;
  const handle = (stored: StoredEvent) => handler.handle(stored, () => void (beats += 1), abort.signal);
  return { log, recorder, replies, handle, abort, beats: () => beats };
};

const failing = (...errors: unknown[]): HandleOptions['call'] => {
  const left = [...errors];
  return async () => {
    if (left.length > 0) throw left.shift();
  };
};

/** Two messages of a story, of which the first is parked. */
const parkedFirst = async (log: MemoryEventLog): Promise<[StoredEvent, StoredEvent]> => {
  const first = await appendInput(log);
  const { partition, position, storyId } = first;
  await log.park({ service: SERVICE, partition, position, storyId, error: 'broken' });
  return [first, await appendInput(log)];
};
const unpark = async (log: MemoryEventLog, { partition, position, storyId, correlationId }: StoredEvent) => {
  const nothing = { partition, service: SERVICE, storyId, correlationId, expected: new Map(), events: [] };
  await log.append({ ...nothing, handles: position });
};

describe('isWorthWaiting', () => {
  it.each([
    [new TransientError('busy'), true],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), true],
    [new Error('wrapped', { cause: Object.assign(new Error('shutting down'), { code: '57P01' }) }), true],
    [new PermanentError('never'), false],
    [new TypeError('undefined is not a function'), false],
    ['a string', false],
    [undefined, false],
  ])('%s: %s', (error, worth) => {
    expect(isWorthWaiting(error)).toBe(worth);
  });
});

describe('MessageHandler', () => {
  it('handles within what it is given to wrap it', async () => {
    const wrapped: string[] = [];
    const { log, handle } = await setUp({
      around: async (stored, run) => {
        wrapped.push(stored.correlationId);
        return run();
      },
    });
    const stored = await appendInput(log);
    expect(await handle(stored)).toBe('ignored');
    expect(wrapped).toEqual([stored.correlationId]);
  });

  it('skips what a fork copied', async () => {
    const { log, handle, recorder } = await setUp();
    expect(await handle(await appendInput(log, { metadata: { copied: true } }))).toBe('skipped');
    expect(recorder.counts.size).toBe(0);
  });

  it('sends heartbeats while it handles, and none after', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { log, handle, beats } = await setUp({ call: () => held });
    const handled = handle(await appendInput(log));
    while (beats() < 3) await turn();
    release();
    await handled;
    const before = beats();
    const since = performance.now();
    while (performance.now() - since < 100) await turn();
    expect(beats()).toBe(before);
  });

  it('counts only permanent failures, over any number of transient ones', async () => {
    const wait = new TransientError('busy');
    const broken = new Error('broken');
    const { log, handle, recorder } = await setUp({ call: failing(wait, broken, wait, broken, wait) });
    expect(await handle(await appendInput(log))).toBe('ignored');
    expect(recorder.of('failed Counted transient')).toBe(3);
    expect(recorder.of('failed Counted permanent')).toBe(2);
    expect(await log.parked(SERVICE)).toEqual([]);
  });

  it('parks at once behind a parked message', async () => {
    const { log, handle, recorder } = await setUp({ call: failing(new StoryParkedError('s')) });
    const [first, second] = await parkedFirst(log);
    expect(await handle(second)).toBe('parked');
    expect(recorder.of('failed Counted permanent')).toBe(0);
    expect(await log.parked(SERVICE)).toMatchObject([
      { position: first.position, error: 'broken', attempts: 1 },
      { position: second.position, error: null, attempts: 0 },
    ]);
  });

  it.each([
    ['was told that its story is parked', new StoryParkedError('s')],
    ['failed while its story was parked', new Error('the first is missing')],
  ])('handles a message that %s, and is so no longer', async (_what, error) => {
    const { log, handle } = await setUp({ call: failing(error) });
    const [first, second] = await parkedFirst(log);
    const park = log.park.bind(log);
    log.park = async (message) => {
      await unpark(log, first);
      return park(message);
    };
    expect(await handle(second)).toBe('ignored');
    expect(await log.parked(SERVICE)).toEqual([]);
  });

  it('gives a parked message all its tries: it does not stand behind itself', async () => {
    const { log, handle, recorder } = await setUp({ call: failing(new Error('one'), new Error('two')) });
    const [first] = await parkedFirst(log);
    expect(await handle(first)).toBe('ignored');
    expect(recorder.of('failed Counted permanent')).toBe(2);
  });

  it('says nothing of parking when another replica has handled the message', async () => {
    const { log, handle, recorder, replies } = await setUp({ call: () => Promise.reject(new Error('broken')) });
    const stored = await appendInput(log, { metadata: { replyTo: 'reply.g1.e1' } });
    await unpark(log, stored);
    expect(await handle(stored)).toBe('passed');
    expect(recorder.of('parked Counted')).toBe(0);
    expect(replies).toEqual([]);
  });

  it('keeps the reason with what it parks', async () => {
    const { log, handle } = await setUp({ call: () => Promise.reject(new Error('tension is not a number')) });
    await handle(await appendInput(log));
    expect(await log.parked(SERVICE)).toMatchObject([{ error: 'tension is not a number' }]);
  });

  it('leaves a message that the log does not reach to whoever binds', async () => {
    const { log, handle } = await setUp({ call: failing(new PastHeadError('message 9 lies past the head')) });
    await expect(handle(await appendInput(log))).rejects.toThrow(PastHeadError);
  });

  it('is interrupted while it waits, not while it handles', async () => {
    const { log, handle, abort, recorder } = await setUp({ call: () => Promise.reject(new TransientError('busy')) });
    const handled = handle(await appendInput(log));
    while (recorder.of('failed Counted transient') === 0) await turn();
    abort.abort();
    expect(await handled).toBe('interrupted');
  });
});
