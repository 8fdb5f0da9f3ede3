import { topology } from '@agon/stack';
import { eventually } from '@agon/testing/load';
import { type Fire, underFire } from '../fire.ts';
import { LossyProxy } from '../lossy-proxy.ts';
import type { Scenario } from '../scenario.ts';

/** Replies that are lost. */
const LOST = { default: 40, long: 400 };
/** Of so many appends of all services, one loses its reply. */
const EVERY = 7;

/** Loses so many replies of the Postgres behind the proxy. */
export function loseReplies(fire: Fire, proxy: LossyProxy, count: number): Promise<void> {
  const wanted = proxy.lost + count;
  return fire.fault({
    what: `${count} replies lost`,
    begin: async () => {
      proxy.every = EVERY;
      const seen = () => `${proxy.lost} of ${wanted}`;
      await eventually('replies are lost', () => proxy.lost >= wanted, { timeout: 120_000, seen });
      proxy.every = Infinity;
    },
  });
}

export const lostReplies: Scenario = {
  name: 'lost-replies',
  code: 'F11',
  title: 'connections to Postgres break between an append’s commit and its reply',
  run: async (context) => {
    const proxy = await LossyProxy.open();
    try {
      return await underFire(context, { rows: proxy.rowsBehind(topology), hotPath: false }, async (fire) => {
        await loseReplies(fire, proxy, context.long ? LOST.long : LOST.default);
        await fire.goOn(20);
      });
    } finally {
      proxy.close();
    }
  },
};
