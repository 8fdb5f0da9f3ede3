import { SETTLEMENT_TYPES, isOf, parseEvent } from '@agon/contracts';
import { fakeTime, fakeTimeMissing } from '@agon/testing';
import { type History, allOf, settled } from '@agon/testing/laws';
import { underFire } from '../fire.ts';
import { rowsWith } from '../rows.ts';
import type { Scenario, ScenarioContext, ScenarioResult } from '../scenario.ts';

/** Minutes by which each service's clock is ahead of the database's. Each is 20 wrong to some other. */
const SKEWS = {
  gateway: -10,
  'conflict-flow': -10,
  'stakeholder-actions': 10,
  'social-circle': 10,
  'llm-gateway': 10,
} as const;

const INPUTS = 60;
/** How long after its deadline what is open may be settled: a few sweeps of a busy machine, in milliseconds. */
const LATE_MS = 10_000;
/** Longest wait for the end of all that is open, in milliseconds: past the longest deadline. */
const SETTLED_MS = 90_000;

/** By the database's clock, which sets them: nothing expires before its deadline, and nothing is open long after it. */
function deadlines(history: History): string[] {
  const events = allOf(history).map(parseEvent);
  const deadlineOf = new Map<string, number>(
    events.flatMap((event) =>
      event.type === 'RefinementRequested'
        ? [[`${event.storyId} ${event.data.refinementId}`, Date.parse(event.data.deadline)] as const]
        : [],
    ),
  );
  return events.flatMap((event) => {
    if (!isOf(event, SETTLEMENT_TYPES)) return [];
    const name = `${event.storyId} ${event.data.refinementId}`;
    const late = Date.parse(event.recordedAt) - (deadlineOf.get(name) ?? Infinity);
    if (event.type === 'RefinementExpired' && late < 0) return [`${name} expired ${-late} ms before its deadline`];
    return late > LATE_MS ? [`${name} was open for ${late} ms after its deadline`] : [];
  });
}

/** @param side -1 turns every clock's error round */
async function skewed(context: ScenarioContext, side: 1 | -1): Promise<ScenarioResult> {
  const variables: Record<string, Record<string, string>> = {};
  for (const [name, minutes] of Object.entries(SKEWS)) variables[name] = await fakeTime(side * minutes);
  const result = await underFire(context, { rows: rowsWith(variables) }, async (fire) => {
    await fire.goOn(INPUTS);
    await fire.players.stop();
    const history = await settled(fire.installation, SETTLED_MS);
    fire.violations.push(...deadlines(history));
    if (allOf(history).every(({ type }) => type !== 'RefinementAccepted')) {
      fire.violations.push('no refinement was accepted: to somebody all of them came late');
    }
  });
  return { ...result, faults: 1 };
}

export const clockSkew: Scenario = {
  name: 'clock-skew',
  code: 'F15',
  title: 'clocks of services that are ten minutes ahead of the database, or behind',
  missing: fakeTimeMissing,
  async run(context) {
    const first = await skewed(context, 1);
    if (!context.long) return first;
    const second = await skewed(context, -1);
    return { ...second, faults: 2, violations: [...first.violations, ...second.violations] };
  },
};
