import { underFire } from '../fire.ts';
import { foldWithFault } from '../poison/faulty-fold.ts';
import { UnevenPacks, playWithoutPack } from '../poison/story-without-pack.ts';
import { appendUnknown, publishGarbage } from '../poison/stray-events.ts';
import { rowsWith } from '../rows.ts';
import type { Scenario } from '../scenario.ts';

const partitionOf = (storyId = ''): number => Number(/^p(\d+)_/.exec(storyId)?.[1]);

export const poison: Scenario = {
  name: 'poison',
  code: 'F12',
  title: 'messages that nobody can handle: no JSON, an unknown type, a decider or a projection that throws',
  async run(context) {
    const packs = new UnevenPacks();
    try {
      return await underFire(context, { rows: rowsWith(packs.variables) }, async (fire) => {
        const { installation, players } = fire;
        for (const storyId of players.storyIds.slice(0, context.long ? undefined : 2)) {
          const partition = partitionOf(storyId);
          await fire.fault({
            what: `what is no JSON in partition ${partition}`,
            begin: () => publishGarbage(installation, partition),
          });
          await fire.fault({
            what: `an unknown type in partition ${partition}`,
            begin: () => appendUnknown(installation, partition),
          });
        }
        await fire.fault({ what: 'a projection that throws', begin: () => foldWithFault(fire) });
        await fire.fault({ what: 'deciders that throw', begin: () => playWithoutPack(fire, packs) });
      });
    } finally {
      packs.remove();
    }
  },
};
