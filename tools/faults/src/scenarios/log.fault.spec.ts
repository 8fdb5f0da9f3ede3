import { openLog, type OpenLog } from '../log/open-log.ts';
import { brokenOneStream, oneStream } from './f16-one-stream.ts';
import { openOnce } from './f17-open-once.ts';
import { appendAgainstProject, appendAgainstPublish, appendAgainstRead } from './f22-interleavings.ts';

const START_MS = 300_000;

describe('the log', () => {
  let open: OpenLog;
  beforeAll(async () => {
    open = await openLog();
  }, START_MS);
  afterAll(() => open?.close());

  it('is that of one writer after another when 32 write to one stream', async () => {
    const options = { writers: 32, turns: 4 };
    const { events, conflicts } = await oneStream(open, options);
    expect(conflicts).toBeGreaterThan(32);
    expect(brokenOneStream(events, options)).toEqual([]);
  }, 60_000);

  it('lets exactly one of five appenders open a stream', async () => {
    expect(await openOnce(open, { trials: 200, appenders: 5 })).toEqual([]);
  }, 60_000);
});

describe('in every order of their steps', () => {
  it('appenders store what they should, and a reader sees the log', async () => {
    const { schedules, violations } = await appendAgainstRead(1);
    expect(schedules).toBe(4 * 140);
    expect(violations).toEqual([]);
  }, 120_000);

  it(
    'publishers store the log, also when the broker loses the stream',
    async () => {
      const { schedules, violations } = await appendAgainstPublish(1);
      expect(schedules).toBe(140);
      expect(violations).toEqual([]);
    },
    START_MS,
  );

  it('runners of a projection fold each event once', async () => {
    const { schedules, violations } = await appendAgainstProject(1);
    expect(schedules).toBe(140);
    expect(violations).toEqual([]);
  }, 120_000);
});
