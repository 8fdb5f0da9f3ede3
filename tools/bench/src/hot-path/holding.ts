import type { Sample } from './calls.ts';
import { type Tried, bestOf, isHeld, nextRate } from './capacity.ts';
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
  readonly history: Pick<History, 'requested' | 'settled' | 'shed'>;
}

/** How much is taken off a rate that short steps held and the long time did not. */
const LESS = 0.9;

/** Finds the highest rate that is held, and holds it. */
export async function measureCapacity(stage: Stage, stories: readonly Story[]): Promise<Held> {
  const { plan, context, installation } = stage;
  await installation.setModel('healthy');
  await stage.settle();
  const at = async (rate: number, ms: number): Promise<readonly Sample[]> => {
    const samples = stage.heard(await openLoop({ ...stage.load(stories, ms, 3), rate }));
    await stage.settle();
    return samples;
  };
  const tried: Tried[] = [];
  for (let rate = nextRate(tried, plan.firstRate); rate !== undefined; rate = nextRate(tried, plan.firstRate)) {
    const held = isHeld(timesOf(await at(rate, plan.stepMs)));
    context.say(`${rate} calls/s: ${held ? 'held' : 'not held'}`);
    tried.push({ rate, held });
  }
  for (let rate = bestOf(tried); ; rate *= LESS) {
    const before = await installation.log.heads();
    const samples = await at(rate, plan.holdMs);
    const times = timesOf(samples);
    const held = isHeld(times);
    context.say(`${rate.toFixed(0)} calls/s for ${plan.holdMs / 1000} s: ${held ? 'held' : 'not held'}`);
    if (!held && rate * LESS > plan.firstRate / 4) continue;
    const accepted = samples.flatMap(({ key, outcome }) =>
      key !== undefined && (outcome === 'complete' || outcome === 'partial') ? [key] : [],
    );
    const { inputs, ...history } = await readHistory(installation.log, before);
    const lost = notOnce({ inputs }, accepted);
    return { rate: held ? rate : 0, tried, times, accepted: accepted.length, lost, history };
  }
}
