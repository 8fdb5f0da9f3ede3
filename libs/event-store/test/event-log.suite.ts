import type { EventLog } from '../src/index.ts';
import { appendSuite } from './append.suite.ts';
import { concurrencySuite } from './concurrency.suite.ts';
import { handlingSuite } from './handling.suite.ts';
import { readSuite } from './read.suite.ts';
import { redriveSuite } from './redrive.suite.ts';
import { claimAll } from './requests.ts';

/** What the tests of a suite are given: the log, and a partition that no other test has used. */
export interface LogUnderTest {
  readonly log: () => EventLog;
  readonly partition: () => number;
}

/** The rules of the log. `open` gives an empty log and what closes it. */
export const eventLogSuite = (
  name: string,
  open: () => Promise<{ log: EventLog; close: () => Promise<void> }>,
): void => {
  describe(name, () => {
    let opened: Awaited<ReturnType<typeof open>> | undefined;
    let partitions = 0;
    const underTest: LogUnderTest = {
      log: () => {
        if (opened === undefined) throw new Error('the log is not open');
        return opened.log;
      },
      partition: () => (partitions += 1),
    };

    beforeAll(async () => {
      opened = await open();
      await claimAll(opened.log);
    }, 300_000);
    afterAll(() => opened?.close());

    appendSuite(underTest);
    handlingSuite(underTest);
    redriveSuite(underTest);
    readSuite(underTest);
    concurrencySuite(underTest);
  });
};
