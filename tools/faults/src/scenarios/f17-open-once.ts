import { type OpenLog, openLog } from '../log/open-log.ts';
import { oneEvent, streamIn } from '../log/requests.ts';
import type { Scenario } from '../scenario.ts';

/** Half of the trials are the first that happens in their partition; the others share this one. */
const SHARED = 0;

/**
 * Lets appenders, each with a connection of its own, open a stream that nobody has opened, again and again.
 * @returns a line per trial that not exactly one of them won
 */
export async function openOnce(open: OpenLog, { trials, appenders }: Record<'trials' | 'appenders', number>) {
  const connections = await Promise.all(Array.from({ length: appenders }, () => open.connect()));
  const violations: string[] = [];
  for (let trial = 1; trial <= trials; trial += 1) {
    const partition = trial % 2 === 0 ? SHARED : trial;
    const streamId = streamIn(partition, `t${trial}`);
    const answers = await Promise.all(
      connections.map(({ log }) => log.append(oneEvent({ partition, streamId, expected: 'none' }))),
    );
    const won = answers.filter(({ outcome }) => outcome === 'appended').length;
    const told = answers.filter((answer) => answer.outcome === 'wrong-version' && answer.actual === 1).length;
    const { length } = await open.log.readStream(partition, streamId);
    if (won === 1 && told === appenders - 1 && length === 1) continue;
    violations.push(`trial ${trial}: ${won} won, ${told} were told why not, the stream holds ${length} events`);
  }
  return violations;
}

export const openOnceRace: Scenario = {
  name: 'open-once',
  code: 'F17',
  title: 'five appenders open one stream',
  async run({ long }) {
    const options = { trials: long ? 5000 : 200, appenders: 5 };
    const open = await openLog();
    try {
      const violations = await openOnce(open, options);
      return { load: options, faults: options.trials, recoverySeconds: [], violations };
    } finally {
      await open.close();
    }
  },
};
