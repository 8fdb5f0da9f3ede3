import { setTimeout as delay } from 'node:timers/promises';
import { underFire } from '../fire.ts';
import { randomOf } from '../random.ts';
import type { Scenario } from '../scenario.ts';

/** Longer than the 5 s after which a partition goes to another replica, in milliseconds. */
const PAST_LEASE_MS = 6_500;
/** Pauses that end before anybody else takes over, in milliseconds; somewhere in a fold, by chance. */
const SHORT = { count: 30, longestMs: 150 };
const TWICE = ['gateway', 'conflict-flow', 'stakeholder-actions', 'social-circle'];

export const twoRunners: Scenario = {
  name: 'two-runners',
  code: 'F2',
  title: 'a replica hangs past its lease, another folds its partitions, it comes back',
  run: (context) =>
    underFire(context, { replicas: Object.fromEntries(TWICE.map((name) => [name, 2])) }, async (fire) => {
      const random = randomOf(context.seed);
      const process = (name: string) => fire.installation.stack.process(name);
      for (let round = 0; round < (context.long ? 4 : 1); round += 1) {
        for (const suffix of ['', '-2']) {
          const paused = TWICE.map((name) => process(`${name}${suffix}`));
          await fire.fault({
            what: `one replica of everything paused for ${PAST_LEASE_MS / 1000} s`,
            begin: async () => {
              for (const one of paused) one.pause();
              await delay(PAST_LEASE_MS);
            },
            end: async () => {
              for (const one of paused) one.resume();
            },
          });
        }
      }
      const all = fire.installation.stack.processes;
      await fire.fault({
        what: `${SHORT.count} short pauses`,
        begin: async () => {
          for (let n = 0; n < SHORT.count; n += 1) {
            const one = all[Math.floor(random() * all.length)];
            one?.pause();
            await delay(random() * SHORT.longestMs);
            one?.resume();
            await delay(random() * SHORT.longestMs);
          }
        },
      });
    }),
};
