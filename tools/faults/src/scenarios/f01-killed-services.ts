import { underFire } from '../fire.ts';
import { randomOf, shuffled } from '../random.ts';
import type { Scenario } from '../scenario.ts';

/** Every service once, in the default run; ten times in the long one. */
const ROUNDS = { default: 1, long: 10 };
/** Inputs that are accepted, or tried, between two kills. */
const BETWEEN = 8;

export const killedServices: Scenario = {
  name: 'killed-services',
  code: 'F1',
  title: 'kill -9 of each service in the middle of play, in any order',
  run: (context) =>
    underFire(context, {}, async (fire) => {
      const random = randomOf(context.seed);
      const { processes } = fire.installation.stack;
      for (let round = 0; round < (context.long ? ROUNDS.long : ROUNDS.default); round += 1) {
        for (const process of shuffled(processes, random)) {
          await fire.fault({
            what: `${process.name} killed`,
            begin: () => process.kill9(),
            end: () => process.start(),
          });
          await fire.goOn(BETWEEN);
        }
      }
    }),
};
