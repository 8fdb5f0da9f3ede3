import { partitionOf } from '@agon/contracts';
import { topology, type ProcessRow } from '@agon/stack';
import { type TestNatsCluster, type TestProcess, startNatsCluster } from '@agon/testing';
import { eventually } from '@agon/testing/load';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type Fire, underFire } from '../fire.ts';
import { startInstallation } from '../installation.ts';
import type { Scenario } from '../scenario.ts';

const ROUNDS = { default: 1, long: 5 };
/** Each partition is a stream and four consumers, which all elect leaders; a few are enough to play in. */
const PARTITIONS = '8';
const REPLICAS = '3';

/** The services, with a cluster in place of the one broker. */
const rowsFor = (cluster: TestNatsCluster): ProcessRow[] =>
  topology
    .filter(({ kind }) => kind !== 'broker')
    .map((row) => ({
      ...row,
      depends: row.depends.filter((name) => name !== 'nats'),
      environment: (place) => {
        const own = row.environment(place);
        return 'NATS_URL' in own ? { ...own, NATS_URL: cluster.url } : own;
      },
    }));

/** Waits until the cluster has elected who creates streams. */
async function elected(cluster: TestNatsCluster): Promise<void> {
  await eventually('the cluster has a leader', async () => {
    const nats = await connect({ servers: cluster.url.split(',') });
    try {
      await jetstreamManager(nats);
      return true;
    } catch {
      return false;
    } finally {
      await nats.close();
    }
  });
}

/** Who leads the stream of a story that is played, and of the others the one that leads the fewest. */
async function membersOf(
  fire: Fire,
  cluster: TestNatsCluster,
): Promise<{ leader: TestProcess; follower: TestProcess }> {
  const [storyId = ''] = fire.players.storyIds;
  const nats = await connect({ servers: cluster.url.split(',') });
  try {
    const manager = await jetstreamManager(nats);
    const info = await manager.streams.info(`STORY_${partitionOf(storyId)}`);
    if (info.config.num_replicas !== Number(REPLICAS))
      throw new Error(`a stream has ${info.config.num_replicas} copies`);
    const leader = cluster.servers.find(({ name }) => name === info.cluster?.leader);
    if (leader === undefined) throw new Error('the stream has no leader');
    const led = new Map(cluster.servers.filter((server) => server !== leader).map((server) => [server, 0]));
    for await (const { cluster: group } of manager.streams.list()) {
      for (const server of led.keys()) if (server.name === group?.leader) led.set(server, (led.get(server) ?? 0) + 1);
    }
    const [[follower] = []] = [...led].toSorted(([, a], [, b]) => a - b);
    if (follower === undefined) throw new Error('the stream has no followers');
    return { leader, follower };
  } finally {
    await nats.close();
  }
}

export const brokerCluster: Scenario = {
  name: 'broker-cluster',
  code: 'F6',
  title: 'of three brokers with three copies, a leader is killed and a follower hangs',
  run: async (context) => {
    const cluster = await startNatsCluster();
    try {
      await elected(cluster);
      const options = {
        hotPath: false,
        rows: rowsFor(cluster),
        env: { AGON_PARTITIONS: PARTITIONS, AGON_BROKER_REPLICAS: REPLICAS },
      };
      const start = () => startInstallation(options, cluster.url);
      return await underFire(context, { ...options, start }, async (fire) => {
        for (let round = 0; round < (context.long ? ROUNDS.long : ROUNDS.default); round += 1) {
          const { leader } = await membersOf(fire, cluster);
          await fire.fault({ what: `leader ${leader.name} killed`, begin: () => leader.kill9() });
          await fire.fault({ what: `${leader.name} is back`, begin: () => fire.goOn(10), end: () => leader.start() });
          await fire.goOn(10);
          const { follower } = await membersOf(fire, cluster);
          const hang = async (): Promise<void> => follower.pause();
          await fire.fault({ what: `follower ${follower.name} hangs`, begin: hang });
          await fire.goOn(20);
          const resume = async (): Promise<void> => follower.resume();
          await fire.fault({ what: `follower ${follower.name} goes on`, begin: () => fire.goOn(10), end: resume });
        }
        await fire.goOn(20);
      });
    } finally {
      await cluster.remove();
    }
  },
};
