import { startNats } from '@agon/testing';
import { AppendInterleavings, meetings } from '../interleavings/appends.ts';
import { FoldInterleavings } from '../interleavings/folds.ts';
import { PublishInterleavings } from '../interleavings/publishes.ts';
import { openLog } from '../log/open-log.ts';
import type { Scenario } from '../scenario.ts';

/** What came of all schedules of one kind. */
export interface Interleaved {
  readonly schedules: number;
  readonly violations: readonly string[];
}

/** Two appenders against a reader. @param reads at chosen points */
export async function appendAgainstRead(reads: number): Promise<Interleaved> {
  const open = await openLog();
  try {
    const interleavings = await AppendInterleavings.prepare(open);
    const violations: string[] = [];
    for (const meeting of meetings) violations.push(...(await interleavings.all(meeting, reads)));
    return { schedules: interleavings.schedules, violations };
  } finally {
    await open.close();
  }
}

/** Two appenders that publish, against the loss of the stream. @param losses at chosen points */
export async function appendAgainstPublish(losses: number): Promise<Interleaved> {
  const [open, nats] = await Promise.all([openLog(), startNats()]);
  try {
    const interleavings = await PublishInterleavings.prepare(open, nats.url);
    const violations = await interleavings.all(losses);
    await interleavings.close();
    return { schedules: interleavings.schedules, violations };
  } finally {
    await open.close();
    await nats.remove();
  }
}

/** Two runners of a projection against an appender. @param appends at chosen points */
export async function appendAgainstProject(appends: number): Promise<Interleaved> {
  const open = await openLog();
  try {
    const interleavings = await FoldInterleavings.prepare(open);
    const violations = await interleavings.all(appends);
    await interleavings.close();
    return { schedules: interleavings.schedules, violations };
  } finally {
    await open.close();
  }
}

export const interleavings: Scenario = {
  name: 'interleavings',
  code: 'F22',
  title: 'every order of append against read, publish, project',
  async run({ long, say }) {
    const read = await appendAgainstRead(long ? 3 : 1);
    say(`${read.schedules} orders of two appenders and a reader`);
    const publish = await appendAgainstPublish(long ? 2 : 1);
    say(`${publish.schedules} orders of two publishers and a lost stream`);
    const project = await appendAgainstProject(long ? 2 : 1);
    say(`${project.schedules} orders of two folds and an appender`);
    const all = [read, publish, project];
    const orders = all.reduce((sum, { schedules }) => sum + schedules, 0);
    return {
      load: { orders },
      faults: orders,
      recoverySeconds: [],
      violations: all.flatMap(({ violations }) => violations),
    };
  },
};
