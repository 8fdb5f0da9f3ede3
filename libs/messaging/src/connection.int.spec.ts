import { startNats, type TestNats, waitUntil } from '@agon/testing';
import { connectNats, isConnected } from './connection.ts';

/** Time within which a service must have left a broker that hangs, in milliseconds. */
const LEFT_MS = 10_000;

let servers: TestNats[];
beforeAll(async () => {
  servers = [await startNats(), await startNats()];
}, 60_000);
afterAll(() => Promise.all(servers.map((server) => server.remove())));

it('leaves a broker that hangs for another one of its cluster', async () => {
  const nats = await connectNats(servers.map(({ url }) => url).join(), 'leaving', { wait: true });
  try {
    const used = servers.find(({ port }) => nats.getServer().endsWith(String(port)));
    const paused = performance.now();
    used?.pause();
    await waitUntil('the other one is used', () => isConnected(nats) && !nats.getServer().endsWith(String(used?.port)));
    expect(performance.now() - paused).toBeLessThan(LEFT_MS);
    await nats.flush();
  } finally {
    for (const server of servers) server.resume();
    await nats.close();
  }
}, 30_000);
