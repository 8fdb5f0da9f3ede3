import { interleaved } from '../rounds.ts';
import type { Sample } from './calls.ts';
import { MODELS, type Model } from './installation.ts';
import { openLoop, play } from './load.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';

/** One round with one model. */
export interface Round {
  readonly players: readonly Sample[];
  readonly open: readonly Sample[];
}
export type Rounds = ReadonlyMap<Model, readonly Round[]>;

/** Both loads with each model in turn, a round after the other. The n-th round is the same for all models. */
export async function measureLatency(stage: Stage, stories: readonly Story[]): Promise<Rounds> {
  const { plan, context, installation } = stage;
  const contenders = MODELS.map((model) => {
    let round = 0;
    const measure = async (): Promise<Round> => {
      round += 1;
      context.say(`round ${round} of ${plan.rounds}, model ${model}`);
      await installation.setModel(model);
      await stage.settle();
      const players = await play({ ...stage.load(stories, plan.playersMs, round), thinkMs: plan.thinkMs });
      // It follows at once: whatever warms up is warm.
      const load = { ...stage.load(stories, plan.openMs, round), leadInMs: 0, rate: plan.openRate };
      const open = await openLoop(load);
      await stage.settle();
      return { players: stage.heard(players), open: stage.strained(open) };
    };
    return { name: model, measure };
  });
  const rounds = await interleaved(contenders, { count: plan.rounds, warmUps: 0, signal: context.signal });
  return new Map(MODELS.map((model) => [model, rounds.get(model) ?? []]));
}
