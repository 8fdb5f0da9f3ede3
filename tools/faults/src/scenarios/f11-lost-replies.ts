import { topology, type ProcessRow } from '@agon/stack';
import { eventually } from '@agon/testing/load';
import { underFire } from '../fire.ts';
import { LossyProxy } from '../lossy-proxy.ts';
import type { Scenario } from '../scenario.ts';

/** Replies that are lost. */
const LOST = { default: 40, long: 400 };
/** Of so many appends of all services, one loses its reply. */
const EVERY = 7;

export const lostReplies: Scenario = {
  name: 'lost-replies',
  code: 'F11',
  title: 'connections to Postgres break between an append’s commit and its reply',
  run: async (context) => {
    const proxy = await LossyProxy.open();
    const rows = topology.map((row): ProcessRow => ({
      ...row,
      environment: (place) => proxy.before(row.environment(place)),
    }));
    try {
      return await underFire(context, { rows, hotPath: false }, async (fire) => {
        const wanted = context.long ? LOST.long : LOST.default;
        await fire.fault({
          what: `${wanted} replies lost`,
          begin: async () => {
            proxy.every = EVERY;
            await eventually('replies are lost', () => proxy.lost >= wanted, { timeout: 120_000 });
            proxy.every = Infinity;
          },
        });
        await fire.goOn(20);
      });
    } finally {
      proxy.close();
    }
  },
};
