import { Caller } from '../caller.ts';
import type { Sample } from '../calls.ts';
import { play } from '../load.ts';
import { type Times, timesOf } from '../spread.ts';
import type { Stage } from '../stage.ts';
import type { Story } from '../story.ts';
import { type Handled, startBlocking } from './process.ts';

export interface Beside {
  /** Calls per second that players without a pause got answered by the blocking design, and by ours. */
  readonly blockingRate: number;
  readonly ourRate: number;
  readonly blocking: Times;
  readonly ours: Times;
  /** The blocking design's samples, by kind of call. */
  readonly samples: readonly Sample[];
  readonly handled: readonly Handled[];
}

/** As many players as there are stories, none of whom thinks: at the blocking design, then at ours. */
export async function measureBeside(stage: Stage, stories: readonly Story[]): Promise<Beside> {
  const { plan, context, installation } = stage;
  context.say('the blocking design, players without a pause');
  await installation.setModel('healthy');
  await installation.setModel('off');
  await stage.settle();
  const design = await startBlocking(installation.url, installation.modelUrl);
  const caller = new Caller(design.url);
  try {
    const load = { ...stage.load(stories, plan.blockingMs, 4), caller, thinkMs: 0 };
    const samples = stage.strained(await play(load));
    await installation.setModel('healthy');
    await stage.settle();
    context.say('ours, players without a pause');
    const own = stage.strained(await play({ ...stage.load(stories, plan.closedMs, 4), thinkMs: 0 }));
    await stage.settle();
    return {
      blockingRate: rateOf(samples, plan.blockingMs),
      ourRate: rateOf(own, plan.closedMs),
      blocking: timesOf(samples),
      ours: timesOf(own),
      samples,
      handled: design.handled,
    };
  } finally {
    caller.close();
    await design.stop();
  }
}

const rateOf = (samples: readonly Sample[], ms: number): number =>
  samples.filter(({ outcome }) => outcome === 'complete').length / (ms / 1000);
