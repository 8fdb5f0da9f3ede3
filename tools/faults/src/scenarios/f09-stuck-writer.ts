import { partitionOf } from '@agon/contracts';
import { createPool } from '@agon/event-store';
import { CAST, SYNC, type Sent, answerIn, eventually, send, sendUntilComplete, write } from '@agon/testing/load';
import { type Fire, underFire } from '../fire.ts';
import type { Scenario } from '../scenario.ts';

/** Inputs of one story that wait at once behind the stuck writer; more than a process has connections. */
const WAITING = 12;
/** Inputs of the other stories that must be accepted meanwhile. */
const OTHERS = 40;
/** Longest time for an input of another partition meanwhile, in milliseconds; what waits behind the writer takes 10,000. */
const UNHINDERED_MS = 3_000;

/** A client that has locked the partition's head, as an append does, and then says nothing more. */
async function lockHead(fire: Fire, partition: number): Promise<() => Promise<void>> {
  const pool = createPool(fire.installation.stack.postgres.url, 'stuck', 1);
  const client = await pool.connect();
  let freed = false;
  // The server ends the session; that is what is waited for.
  client.on('error', () => {
    freed = true;
  });
  await client.query('begin');
  await client.query('select head from agon_log.log_partitions where partition = $1 for update', [partition]);
  return async () => {
    await eventually('the time limit frees the partition', () => freed);
    client.release(true);
    await pool.end();
  };
}

/** A story apart from the players', and inputs for it that nobody has sent yet. */
async function crowdOf(fire: Fire): Promise<{ storyId: string; inputs: readonly Sent[] }> {
  const [url = ''] = fire.installation.urls;
  const created = await send(url, { method: 'POST', path: '/v1/stories', key: 'crowd', body: { seed: 'crowd' } });
  const { storyId } = answerIn(created);
  const cast = CAST.map((npc) => ({ ...npc, traits: ['crowd-npcs'] }));
  await sendUntilComplete(url, write('npcs', storyId, '', { npcs: cast }, 'crowd-npcs'));
  const keys = Array.from({ length: WAITING }, (_, n) => `crowd-${n}`);
  fire.told.push(...['crowd', 'crowd-npcs', ...keys].map((key) => ({ storyId, key })));
  return { storyId, inputs: keys.map((key) => write('sync', storyId, '', { ...SYNC, sceneId: key }, key)) };
}

async function lockedPartition(fire: Fire): Promise<void> {
  const [url = ''] = fire.installation.urls;
  const { storyId, inputs } = await crowdOf(fire);
  const { told, storyIds } = fire.players;
  const outside = new Set(storyIds.filter((id) => partitionOf(id) !== partitionOf(storyId)));
  const toldOutside = () => told.filter((one) => outside.has(one.storyId));
  let crowd: Promise<unknown> = Promise.resolve();
  await fire.fault({
    what: 'a writer stuck in one partition',
    begin: async () => {
      const freed = await lockHead(fire, partitionOf(storyId));
      crowd = Promise.all(inputs.map((input) => sendUntilComplete(url, input)));
      const from = toldOutside().length;
      await eventually('the other partitions go on', () => toldOutside().length >= from + OTHERS);
      const slowest = Math.max(
        ...toldOutside()
          .slice(from)
          .map(({ reply }) => reply.ms),
      );
      if (slowest > UNHINDERED_MS) fire.violations.push(`an input of another partition took ${slowest.toFixed(0)} ms`);
      await freed();
    },
    end: () => crowd,
  });
}

/** A transaction that has written, in another database of the cluster, and stays open. */
async function openElsewhere(fire: Fire): Promise<void> {
  const url = new URL(fire.installation.stack.postgres.url);
  url.pathname = '/postgres';
  const pool = createPool(url.href, 'elsewhere', 1);
  const client = await pool.connect();
  await client.query('begin');
  await client.query('select pg_current_xact_id()');
  // Nobody waits for it, so all is well again while it is still open.
  await fire.fault({ what: 'a writer open elsewhere in the cluster', begin: () => fire.goOn(10) });
  await client.query('rollback');
  client.release();
  await pool.end();
}

export const stuckWriter: Scenario = {
  name: 'stuck-writer',
  code: 'F9',
  title: 'a writer hangs in one partition, and one elsewhere in the cluster',
  run: (context) =>
    underFire(context, { hotPath: false }, async (fire) => {
      await openElsewhere(fire);
      await lockedPartition(fire);
      await fire.goOn(20);
    }),
};
