import { eventLogSuite } from '../test/event-log.suite.ts';
import { newEvent, claimAll, request, stored } from '../test/requests.ts';
import { MemoryEventLog } from './memory-event-log.ts';

eventLogSuite('MemoryEventLog', async () => ({ log: new MemoryEventLog(), close: async () => undefined }));

describe('MemoryEventLog alone', () => {
  it('takes the time from the clock it is given', async () => {
    const log = new MemoryEventLog(() => new Date('2026-01-02T03:04:05.678Z'));
    await claimAll(log);
    const [event] = await stored(log, request());
    expect(event?.recordedAt).toBe('2026-01-02T03:04:05.678Z');
  });

  it('is not changed through what it took or gave', async () => {
    const log = new MemoryEventLog();
    await claimAll(log);
    const event = newEvent({ data: { tension: 0.5 } });
    const [answer] = await stored(log, request({ events: [event] }));
    event.data['tension'] = 1;
    if (answer !== undefined) answer.data['tension'] = 1;
    const [read] = await log.readPartition(0, 0, 1);
    if (read !== undefined) read.data['tension'] = 1;
    expect((await log.readPartition(0, 0, 1))[0]?.data).toEqual({ tension: 0.5 });
  });
});
