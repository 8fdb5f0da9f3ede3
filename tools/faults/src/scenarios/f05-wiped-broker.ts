import { underFire } from '../fire.ts';
import type { Scenario } from '../scenario.ts';

export const wipedBroker: Scenario = {
  name: 'wiped-broker',
  code: 'F5',
  title: 'the broker loses all that it had stored',
  run: (context) =>
    underFire(context, { hotPath: false }, async (fire) => {
      const { nats } = fire.installation.stack;
      for (let wipe = 0; wipe < (context.long ? 5 : 1); wipe += 1) {
        await fire.goOn(30);
        await fire.fault({
          what: 'broker wiped',
          begin: async () => {
            await nats.kill9();
            // These are in the log alone.
            await fire.goOn(10);
            nats.wipe();
          },
          end: () => nats.start(),
        });
      }
      await fire.goOn(20);
    }),
};
