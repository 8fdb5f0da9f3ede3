import { PgEventLog, createPool } from '@agon/event-store';
import {
  ProjectionHost,
  defineProjection,
  openReadDataSource,
  prepareProjections,
  readModel,
  replay,
} from '@agon/projections';
import { eventually } from '@agon/testing/load';
import type { Fire } from '../fire.ts';

const SERVICE = 'faults';
const PARTITIONS = 64;

/** Writes down the positions of a story's choices; with a fault, it throws at the second of one story. */
const turnsOf = (faulty: string | undefined) =>
  defineProjection({
    name: 'turns',
    version: 1,
    handles: ['ChoiceApplied'],
    key: () => 'turns',
    initial: () => ({ turns: 0, positions: '' }),
    evolve: (row, { storyId, position }) => {
      if (storyId === faulty && row.turns > 0) throw new Error('a fault of this fold');
      return { turns: row.turns + 1, positions: `${row.positions}${position},` };
    },
  });

/**
 * A projection that throws: a read model of our own folds the stories that are played, with a fault in one of them, which is
 * parked. The others are folded on; without the fault and after a retry all rows are the fold of the log.
 */
export async function foldWithFault(fire: Fire): Promise<void> {
  const { stack, pool } = fire.installation;
  const [victim = ''] = fire.players.storyIds;
  const dataSource = await openReadDataSource(stack.postgres.url, SERVICE);
  const logPool = createPool(stack.postgres.url, SERVICE, 2);
  const log = new PgEventLog(logPool);
  const set = { service: SERVICE, partitions: PARTITIONS };
  const host = async (faulty: string | undefined): Promise<ProjectionHost> => {
    const projections = [turnsOf(faulty)];
    await prepareProjections(dataSource, { ...set, projections });
    const started = new ProjectionHost({ ...set, projections, dataSource, log });
    await started.start();
    return started;
  };
  const caughtUp = async (running: ProjectionHost): Promise<void> => {
    const heads = await log.heads();
    await eventually('the read model is folded', () =>
      [...heads].every(([partition, head]) => running.position(partition) >= head),
    );
  };
  /** Stories whose row is not the fold of the log, as far as it is folded. */
  const differences = async (folded: ProjectionHost): Promise<string[]> => {
    const projection = turnsOf(undefined);
    const found: string[] = [];
    for (const storyId of fire.players.storyIds) {
      const partition = Number(/^p(\d+)_/.exec(storyId)?.[1]);
      const row = await readModel(dataSource, SERVICE, projection).doc(partition, storyId, 'turns');
      const events = await log.readStory(partition, storyId, 0, 100_000);
      const wanted = replay(
        projection,
        events.filter(({ position }) => position <= folded.position(partition)),
      );
      if (row?.positions !== wanted.at(0)?.doc.positions) found.push(storyId);
    }
    return found;
  };
  try {
    const faulty = await host(victim);
    await eventually('the story is parked', () => faulty.parkedStories() > 0);
    await fire.goOn(fire.players.storyIds.length * 4);
    await caughtUp(faulty);
    if (faulty.parkedStories() !== 1) fire.violations.push(`${faulty.parkedStories()} stories are parked, not one`);
    await faulty.stop();
    const mended = await host(undefined);
    await pool.query(`insert into agon_read.operations (kind, service, name) values ('retry', '${SERVICE}', 'turns')`);
    await eventually('the retry has folded the story', async () => mended.parkedStories() === 0);
    await caughtUp(mended);
    await mended.stop();
    fire.violations.push(
      ...(await differences(mended)).map((storyId) => `the turns of ${storyId} are not the fold of its log`),
    );
  } finally {
    await dataSource.destroy();
    await logPool.end();
    await forget(pool);
  }
}

/** The installation's own services are to find nothing of this. */
async function forget(pool: Fire['installation']['pool']): Promise<void> {
  await pool.query(`drop view if exists agon_read.${SERVICE}_turns`);
  await pool.query(`drop table if exists agon_read.${SERVICE}_turns_v1`);
  for (const table of ['generations', 'checkpoints', 'parked', 'operations']) {
    await pool.query(`delete from agon_read.${table} where service = '${SERVICE}'`);
  }
}
