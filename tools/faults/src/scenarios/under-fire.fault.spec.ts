import { topology } from '@agon/stack';
import { underFire } from '../fire.ts';
import { LossyProxy } from '../lossy-proxy.ts';
import { restoreOlderCopy } from './f04-older-broker.ts';
import { loseReplies } from './f11-lost-replies.ts';

/** What the gateway's own suites leave out, in one play: they kill services, broker and Postgres already. */
it('a broker that comes back older, and replies lost after the commit, break no law', async () => {
  const proxy = await LossyProxy.open();
  const context = { long: false, timed: false, seed: 1, say: () => undefined, signal: new AbortController().signal };
  try {
    const { violations, faults } = await underFire(context, { rows: proxy.rowsBehind(topology) }, async (fire) => {
      await restoreOlderCopy(fire, 20);
      await loseReplies(fire, proxy, 20);
    });
    expect(faults).toBe(2);
    expect(proxy.lost).toBeGreaterThanOrEqual(20);
    expect(violations).toEqual([]);
  } finally {
    proxy.close();
  }
}, 300_000);
