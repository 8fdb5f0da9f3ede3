import { type Fire, underFire } from '../fire.ts';
import type { Scenario } from '../scenario.ts';

/** Inputs whose messages the broker will have forgotten. */
const FORGOTTEN = { default: 40, long: 400 };

/** Copies what the broker has stored, lets everybody play on, and puts the copy in its place. */
export async function restoreOlderCopy(fire: Fire, forgotten: number): Promise<void> {
  const { nats } = fire.installation.stack;
  await nats.stop();
  const restore = nats.backUp();
  await nats.start();
  await fire.goOn(forgotten);
  await fire.fault({
    what: 'an older copy restored',
    begin: async () => {
      await nats.kill9();
      restore();
    },
    end: () => nats.start(),
  });
}

export const olderBroker: Scenario = {
  name: 'older-broker',
  code: 'F4',
  title: 'the broker comes back with an older copy of what it had stored',
  run: (context) =>
    underFire(context, { hotPath: false }, async (fire) => {
      await restoreOlderCopy(fire, context.long ? FORGOTTEN.long : FORGOTTEN.default);
      await fire.goOn(20);
    }),
};
