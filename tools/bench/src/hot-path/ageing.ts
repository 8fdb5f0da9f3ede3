import type { Sample } from './calls.ts';
import { play } from './load.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';

export interface Ageing {
  /** At the same time, on as many stories. */
  readonly fresh: readonly Sample[];
  readonly long: readonly Sample[];
}

/** A player of a few stories who are to bring enough samples: mean time to think, in milliseconds. */
const QUICK_MS = 100;

/** Stories with a long past beside fresh ones, played at the same time. */
export async function measureLong(stage: Stage, longStories: readonly Story[]): Promise<Ageing> {
  const { plan, context, installation } = stage;
  context.say(`stories with ${plan.longChoices} choices behind them beside fresh ones`);
  await installation.setModel('healthy');
  const freshStories = await stage.open(longStories.length, 'fresh', true);
  await stage.settle();
  const [fresh, long] = await Promise.all(
    [freshStories, longStories].map((stories) =>
      play({ ...stage.load(stories, plan.longMs, 1), thinkMs: Math.min(QUICK_MS, plan.thinkMs) }),
    ),
  );
  await stage.settle();
  return { fresh: fresh === undefined ? [] : stage.heard(fresh), long: long === undefined ? [] : stage.heard(long) };
}

/** All players from the moment on at which the restarted services say that they are ready: nothing is cached. */
export async function measureRestart(
  stage: Stage,
  stories: readonly Story[],
  longStories: readonly Story[],
): Promise<Ageing> {
  const { plan, context, installation } = stage;
  context.say('right after a restart of every service');
  await installation.restart();
  const [fresh, long] = await Promise.all(
    [stories, longStories].map((of) =>
      play({ ...stage.load(of, plan.restartMs, 2), leadInMs: 0, thinkMs: plan.thinkMs }),
    ),
  );
  await stage.settle();
  return { fresh: fresh === undefined ? [] : stage.heard(fresh), long: long === undefined ? [] : stage.heard(long) };
}
