import type { BenchContext, BenchResult, Benchmark } from '../benchmark.ts';
import { measureLong, measureRestart } from './ageing.ts';
import { measureBeside } from './blocking/beside.ts';
import { measureCapacity } from './holding.ts';
import { measureLatency } from './latency.ts';
import { resultOf } from './outcome.ts';
import { planOf } from './plan.ts';
import { Stage } from './stage.ts';

async function run(context: BenchContext): Promise<BenchResult> {
  const plan = planOf(context);
  const stage = await Stage.set(plan, context);
  try {
    context.say(`opening ${plan.players} stories, and ${plan.longStories} with ${plan.longChoices} choices`);
    const stories = await stage.open(plan.players, 's');
    await stage.installation.setModel('off');
    const longStories = await stage.open(plan.longStories, 'long', true);
    await stage.grow(longStories, plan.longChoices);
    const rounds = await measureLatency(stage, stories);
    const long = await measureLong(stage, longStories);
    const restart = await measureRestart(stage, stories, longStories);
    const held = await measureCapacity(stage, stories);
    const beside = await measureBeside(stage, stories);
    const cpuShare = Math.max(...stage.cpuShares);
    return resultOf({ plan, rounds, long, restart, held, beside, cpuShare, said: [...stage.said] });
  } catch (error) {
    // What was aborted says only that it was; the signal says why.
    context.signal.throwIfAborted();
    throw error;
  } finally {
    await stage.strike();
  }
}

export const hotPath: Benchmark = {
  name: 'hot-path',
  summary: 'latency and capacity of the calls of a game, whatever the model does, beside the blocking design',
  run,
};
