import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fakeTime, fakeTimeMissing } from './fake-time.ts';

/** Minutes by which the clock of a process that is started so is ahead of ours. */
async function aheadBy(minutes: number): Promise<number> {
  const env = await fakeTime(minutes);
  const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'Date.now()'], { env });
  return (Number(stdout) - Date.now()) / 60_000;
}

const missing = await fakeTimeMissing();

(missing === undefined ? describe : describe.skip)('fakeTime', () => {
  it.each([10, -10])('moves a process by %i minutes', async (minutes) => {
    expect(await aheadBy(minutes)).toBeCloseTo(minutes, 0);
  });
});
