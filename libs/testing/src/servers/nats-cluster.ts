import { type ManagedProcess, freePort, natsProcess, natsUrl } from '@agon/stack';
import { join } from 'node:path';
import { testFolder } from './test-folder.ts';
import { TestProcess } from './test-server.ts';

/** Brokers that keep each message several times. */
export interface TestNatsCluster {
  /** Every server's address, separated by commas. */
  readonly url: string;
  /** By name: `nats-1`, `nats-2`, … */
  readonly servers: readonly TestProcess[];
  remove(): Promise<void>;
}

/** NATS servers of one cluster on loopback, each with JetStream and data of its own. */
export async function startNatsCluster(size = 3): Promise<TestNatsCluster> {
  const folder = testFolder();
  const taken = new Set<number>();
  const portOf = async (): Promise<number> => {
    const port = await freePort(taken);
    taken.add(port);
    return port;
  };
  const routes: number[] = [];
  for (let n = 0; n < size; n += 1) routes.push(await portOf());
  const processes: ManagedProcess[] = [];
  for (const [n, route] of routes.entries()) {
    const name = `nats-${n + 1}`;
    processes.push(
      await natsProcess({
        name,
        storeFolder: join(folder.root, name),
        port: await portOf(),
        log: `${folder.log}-${name}`,
        runFolder: folder.run,
        cluster: { name: 'agon', port: route, routes },
      }),
    );
  }
  await Promise.all(processes.map((process) => process.start()));
  const servers = processes.map((process) => new TestProcess(process, natsUrl(process.port)));
  return {
    url: servers.map(({ url }) => url).join(','),
    servers,
    remove: async () => {
      await Promise.all(processes.map((process) => process.kill9()));
      folder.remove();
    },
  };
}
