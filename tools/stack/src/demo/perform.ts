import { AgonClient } from '@agon/client';
import { modelTime } from './blocking.ts';
import { isFenced } from './fence.ts';
import { Follower, type Settled } from './follower.ts';
import type { Narrator } from './narrator.ts';
import { type PlayOptions, type Played, playStory } from './play-story.ts';
import { acceptanceTimes, countsOf } from './refinement-counts.ts';
import { SETTLING_LIMIT_MS, lackOfCounts, lackOfRefinements } from './refinement-demands.ts';
import type { Aftermath, Performance } from './report.ts';
import { type Outcome, heardAll, settled } from './settling.ts';
import type { Simulator } from './simulator.ts';
import { PLAYER_WORDS } from './tale.ts';

/** Stories that are played for the figures. */
const STORIES = 20;
/** Milliseconds that the reader of the first story takes after each step. */
const PAUSE = 1_500;

export interface PerformOptions extends Omit<PlayOptions, 'audience' | 'follow' | 'pauseMs'> {
  readonly narrator: Narrator;
  /** The simulated model, where one runs. */
  readonly simulator: Simulator | undefined;
  readonly say: (line: string) => void;
  /** Shows a line that the next one replaces. */
  readonly progress: (line: string) => void;
}

/** Plays one story for a person to read and then more of them for the figures, and waits for all refinements. */
export async function perform(options: PerformOptions): Promise<Performance> {
  const { narrator, progress, say } = options;
  const followers: Follower[] = [];
  const follow = (storyId: string, onSettled?: (settled: Settled) => void): Follower => {
    const follower = new Follower(new AgonClient(options), storyId, onSettled);
    followers.push(follower);
    return follower;
  };
  try {
    const narrated = (storyId: string) => follow(storyId, (one) => narrator.settled(one));
    const first = await playStory({ ...options, audience: narrator, follow: narrated, pauseMs: PAUSE });
    say('');
    const timed: Played[] = [];
    while (timed.length < STORIES) {
      progress(`${timed.length} of ${STORIES} more stories, for the figures… `);
      timed.push(await playStory({ ...options, follow }));
    }
    return { first, timed, aftermath: await aftermathOf(options, [first, ...timed], followers) };
  } finally {
    await Promise.all(followers.map((follower) => follower.leave()));
  }
}

async function aftermathOf(
  options: PerformOptions,
  stories: readonly Played[],
  followers: readonly Follower[],
): Promise<Aftermath> {
  const outcome = await settled({
    client: new AgonClient(options),
    stories: stories.filter(({ storyId }) => storyId !== ''),
    lastCall: performance.now(),
    signal: options.signal,
    waiting: sayOnce(options.say),
  });
  const all = [...outcome.statuses.values()].flat();
  const refinements = countsOf(all);
  const isHealthySim = (await options.simulator?.mode()) === 'healthy';
  // The others are played without pause, so that their refinements wait for one another.
  const narrated = outcome.statuses.get(stories[0]?.storyId ?? '') ?? [];
  return {
    refinements,
    settleMs: outcome.settleMs,
    modelMs: modelTime(acceptanceTimes(narrated)),
    missed: [
      ...(await lacksOf(outcome, followers)),
      ...lackOfCounts(refinements, outcome.settleMs, isHealthySim),
      ...(await lackOfFence(options.simulator, isHealthySim)),
    ],
  };
}

function sayOnce(say: (line: string) => void): (open: number) => void {
  let isSaid = false;
  return (open) => {
    if (!isSaid) say(`Waiting for ${open} refinements to end, ${SETTLING_LIMIT_MS / 1000} s at most…`);
    isSaid = true;
  };
}

async function lacksOf({ statuses }: Outcome, followers: readonly Follower[]): Promise<string[]> {
  const lacks: string[] = [];
  for (const [n, follower] of followers.entries()) {
    const known = statuses.get(follower.storyId) ?? [];
    await heardAll(follower, known);
    const name = n === 0 ? 'first story' : `story ${n}`;
    lacks.push(...lackOfRefinements(known, follower).map((line) => `${name}: ${line}`));
  }
  return lacks;
}

/** @param mustBeAsked whether the model must have been asked about the player's words at all */
async function lackOfFence(simulator: Simulator | undefined, mustBeAsked: boolean): Promise<string[]> {
  const requests = (await simulator?.requestsWith(PLAYER_WORDS)) ?? [];
  if (requests.length === 0) return mustBeAsked ? ['no request to the model has the words of the player'] : [];
  const open = requests.filter((request) => !isFenced(request, PLAYER_WORDS)).length;
  return open === 0 ? [] : [`${open} requests to the model have the words of the player outside the fence`];
}
