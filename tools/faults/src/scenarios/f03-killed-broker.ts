import { underFire } from '../fire.ts';
import { randomOf } from '../random.ts';
import type { Scenario } from '../scenario.ts';

const KILLS = { default: 4, long: 20 };

export const killedBroker: Scenario = {
  name: 'killed-broker',
  code: 'F3',
  title: 'kill -9 of nats-server while everybody publishes',
  run: (context) =>
    // Nobody thinks: as many messages under way as the services make.
    underFire(context, { players: 6, thinkMs: 0, hotPath: false }, async (fire) => {
      const random = randomOf(context.seed);
      const { nats } = fire.installation.stack;
      for (let kill = 0; kill < (context.long ? KILLS.long : KILLS.default); kill += 1) {
        await fire.goOn(5 + Math.floor(random() * 20));
        await fire.fault({ what: 'broker killed', begin: () => nats.kill9(), end: () => nats.start() });
      }
    }),
};
