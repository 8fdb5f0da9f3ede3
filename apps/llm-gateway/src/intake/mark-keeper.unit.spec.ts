import { MemoryEventLog, type StoredEvent } from '@agon/event-store';
import { RecordedLines } from '../../test/recorded-lines.ts';
import { appendRequest, claimAll, newStory } from '../../test/requests.ts';
import { SERVICE } from '../service.ts';
import { MarkKeeper } from './mark-keeper.ts';

/** Of all stories here. */
const PARTITION = 3;

describe('MarkKeeper', () => {
  let log: MemoryEventLog;
  let keeper: MarkKeeper;
  let events: StoredEvent[];

  beforeEach(async () => {
    log = new MemoryEventLog();
    await claimAll(log);
    await log.register(SERVICE, [PARTITION], 'start');
    keeper = new MarkKeeper(log, new RecordedLines(), 60_000);
    events = [];
    for (let n = 0; n < 3; n += 1) events.push(await appendRequest(log, newStory()));
  });
  afterEach(() => keeper.stop());

  const mark = async (): Promise<number | undefined> => {
    await keeper.flush();
    return (await log.marks(PARTITION)).get(SERVICE);
  };
  const note = (nth: number, outstanding?: Promise<unknown>): void => {
    const event = events[nth];
    if (event !== undefined) keeper.note(event, outstanding);
  };

  it('moves to the newest of what was taken in, in one append', async () => {
    note(0);
    note(1);
    expect(await mark()).toBe(2);
    expect((await log.heads()).get(PARTITION)).toBe(3);
  });

  it('stays before what is still to be stored, and passes it when that has ended, either way', async () => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    note(0);
    note(1, first.promise);
    note(2, second.promise);
    expect(await mark()).toBe(1);
    second.resolve();
    expect(await mark()).toBe(1);
    first.reject(new Error('the log refused it'));
    await first.promise.catch(() => undefined);
    expect(await mark()).toBe(3);
  });

  it('does not go back for what is handled late', async () => {
    note(2);
    note(0);
    expect(await mark()).toBe(3);
  });

  it('moves at the next time where the log was away', async () => {
    const append = log.append.bind(log);
    log.append = () => Promise.reject(new Error('away'));
    note(0);
    expect(await mark()).toBe(0);
    log.append = append;
    expect(await mark()).toBe(1);
  });
});
