import { type Tried, bestOf, isHeld, nextRate } from './capacity.ts';
import { perCall } from './cpu.ts';
import { type History, notOnce, readHistory } from './history.ts';
import { openLoop } from './load.ts';
import { type Times, timesOf } from './spread.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';

export interface Held {
  /** Calls per second that were held for the whole time; 0 when none were. */
  readonly rate: number;
  readonly tried: readonly Tried[];
  readonly times: Times;
  /** Inputs that were accepted at that rate, and those of them that the log does not hold exactly once. */
  readonly accepted: number;
  readonly lost: readonly string[];
  /** Processor time that a call took at that rate, by process, in milliseconds. */
  readonly cpu: Readonly<Record<string, number>>;
  readonly history: Pick<History, 'requested' | 'settled' | 'shed'>;
}

/** Shares of the rate that short steps held, tried in turn for the long time. */
const SHARES = [1, 0.85, 0.7] as const;

/** Finds the highest rate that is held, and holds it. */
export async function measureCapacity(stage: Stage, stories: readonly Story[]): Promise<Held> {
  const { plan, context, installation } = stage;
  context.say('the highest rate that is held');
  await installation.setModel('healthy');
  await stage.settle();
  const tried: Tried[] = [];
  for (let rate = nextRate(tried, plan.firstRate); rate !== undefined; rate = nextRate(tried, plan.firstRate)) {
    const load = await openLoop({ ...stage.load(stories, plan.stepMs, 3), rate });
    const held = isHeld(timesOf(stage.strained(load)));
    context.say(`${rate} calls/s: ${held ? 'held' : 'not held'}`);
    tried.push({ rate, held });
    await stage.settle();
  }
  let result = await hold(stage, stories, bestOf(tried));
  for (const share of SHARES.slice(1)) {
    if (result.rate === 0) result = await hold(stage, stories, bestOf(tried) * share);
  }
  return { ...result, tried };
}

/** Holds a rate for the long time, and looks in the log for everything that was accepted. */
async function hold(stage: Stage, stories: readonly Story[], rate: number): Promise<Omit<Held, 'tried'>> {
  const { plan, context, installation } = stage;
  const before = await installation.log.heads();
  const idle = installation.cpu();
  const load = await openLoop({ ...stage.load(stories, plan.holdMs, 3), rate });
  const samples = stage.strained(load);
  const cpu = perCall(idle, installation.cpu(), (rate * (plan.leadInMs + plan.holdMs)) / 1_000);
  const times = timesOf(samples);
  const held = isHeld(times);
  context.say(`${rate.toFixed(0)} calls/s for ${plan.holdMs / 1000} s: ${held ? 'held' : 'not held'}`);
  await stage.settle();
  const accepted = samples.flatMap(({ key, outcome }) =>
    key !== undefined && (outcome === 'complete' || outcome === 'partial') ? [key] : [],
  );
  const { inputs, ...history } = await readHistory(installation.log, before);
  return { rate: held ? rate : 0, times, accepted: accepted.length, lost: notOnce({ inputs }, accepted), cpu, history };
}
