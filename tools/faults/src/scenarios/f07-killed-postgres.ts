import { eventually } from '@agon/testing/load';
import { underFire } from '../fire.ts';
import type { Scenario } from '../scenario.ts';

const ROUNDS = { default: 2, long: 10 };

/** What is committed is on the disk, as in an installation that people play in. */
const DURABLE = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' };

export const killedPostgres: Scenario = {
  name: 'killed-postgres',
  code: 'F7',
  title: 'Postgres is killed, and stopped without a checkpoint, under load; fsync is on',
  run: (context) =>
    underFire(context, { thinkMs: 0, hotPath: false, postgres: { settings: DURABLE } }, async (fire) => {
      const { postgres } = fire.installation.stack;
      const stopAtOnce = async (): Promise<void> => {
        if (postgres.pid !== undefined) process.kill(postgres.pid, 'SIGQUIT');
        await eventually('Postgres has stopped', () => postgres.pid === undefined);
      };
      for (let round = 0; round < (context.long ? ROUNDS.long : ROUNDS.default); round += 1) {
        await fire.goOn(20);
        await fire.fault({ what: 'Postgres killed', begin: () => postgres.kill9(), end: () => postgres.start() });
        await fire.goOn(20);
        await fire.fault({ what: 'Postgres stopped at once', begin: stopAtOnce, end: () => postgres.start() });
      }
      await fire.goOn(20);
    }),
};
