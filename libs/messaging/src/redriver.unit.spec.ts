import { setImmediate as turn } from 'node:timers/promises';
import type { MemoryEventLog, StoredEvent } from '@agon/event-store';
import { countedLog } from '../test/counted-log.ts';
import { appendInput } from '../test/inputs.ts';
import { Recorder } from '../test/recorder.ts';
import { SERVICE } from '../test/replica.ts';
import type { Settled } from './handle-message.ts';
import { Redriver } from './redriver.ts';

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await turn();
};

describe('Redriver', () => {
  let log: MemoryEventLog;
  let looks: number;
  let redriver: Redriver | undefined;
  let recorder: Recorder;
  beforeEach(async () => {
    log = await countedLog();
    recorder = new Recorder();
    looks = 0;
    const requested = log.requestedRedrives.bind(log);
    log.requestedRedrives = (service) => {
      looks += 1;
      return requested(service);
    };
  });
  afterEach(() => redriver?.stop());

  const park = async (story: string): Promise<StoredEvent> => {
    const stored = await appendInput(log, { story });
    const { partition, position, storyId } = stored;
    await log.park({ service: SERVICE, partition, position, storyId, error: 'broken' });
    return stored;
  };
  /** Starts to redrive; the handler ends with what `handle` says. Gives the positions that it was called with. */
  const start = (handle: (stored: StoredEvent) => Promise<Settled>): number[] => {
    const handled: number[] = [];
    redriver = new Redriver({
      service: SERVICE,
      log,
      handler: {
        handle: (stored) => {
          handled.push(stored.position);
          return handle(stored);
        },
      },
      metrics: recorder.metrics,
      logger: recorder.logger,
      intervalMs: 1,
    });
    redriver.start();
    return handled;
  };
  const ask = (stored: StoredEvent): Promise<number> => log.requestRedrive(SERVICE, stored);

  it('tries nothing for which nobody has asked, and counts it', async () => {
    await park('one');
    await ask(await park('two'));
    const handled = start(async () => 'ignored');
    await until(() => looks > 3 && handled.length > 0);
    expect(handled).toEqual([2]);
    expect(await log.parked(SERVICE)).toMatchObject([{ position: 1 }]);
    expect(recorder.of('parked stories')).toBe(1);
  });

  it('begins a story once, however long it takes', async () => {
    await ask(await park('one'));
    const { promise: held, resolve: release } = Promise.withResolvers<Settled>();
    const handled = start(() => held);
    await until(() => looks > 5);
    expect(handled).toEqual([1]);
    release('ignored');
    await until(() => recorder.of('redriven Counted handled') === 1);
  });

  it('lets other stories go on beside one that takes long', async () => {
    const [slow] = [await park('slow'), await park('one'), await park('two')];
    for (const stored of await log.readPartition(0, 0, 3)) await ask(stored);
    const { promise: held, resolve: release } = Promise.withResolvers<Settled>();
    start((stored) => (stored.position === slow.position ? held : Promise.resolve('ignored')));
    await until(() => recorder.of('redriven Counted handled') === 2);
    release('ignored');
  });

  it('stops with the message in hand, and leaves the rest asked for', async () => {
    const [first] = [await park('one'), await park('one')];
    await ask(first);
    const { promise: held, resolve: release } = Promise.withResolvers<Settled>();
    const handled = start(() => held);
    await until(() => handled.length === 1);
    const stopped = redriver?.stop();
    release('ignored');
    await stopped;
    expect(handled).toEqual([1]);
    expect(await log.requestedRedrives(SERVICE)).toHaveLength(1);
    expect(await log.parked(SERVICE)).toMatchObject([{ position: 2 }]);
  });

  it('stops at a message that failed', async () => {
    const [first] = [await park('one'), await park('one')];
    await ask(first);
    const handled = start(async ({ partition, position, storyId }) => {
      await log.park({ service: SERVICE, partition, position, storyId, error: 'again' });
      return 'parked';
    });
    await until(() => recorder.of('redriven Counted failed') === 1);
    const seen = looks;
    await until(() => looks > seen + 3);
    expect(handled).toEqual([1]);
  });

  it('goes on when the log was away, and says so once', async () => {
    const requested = log.requestedRedrives.bind(log);
    let failures = 0;
    log.requestedRedrives = (service) => {
      failures += 1;
      return failures < 4 ? Promise.reject(new Error('away')) : requested(service);
    };
    await ask(await park('one'));
    start(async () => 'ignored');
    await until(() => recorder.of('redriven Counted handled') === 1);
    expect(recorder.said(/can not be read/)).toBe(1);
  });
});
