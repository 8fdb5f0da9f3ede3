import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/**
 * Below the range from which Linux and macOS draw the ports of outgoing connections (32768 and 49152 up), so that a
 * port found free is not taken by somebody's client a moment later.
 */
const lowest = 20_000;
const highest = 32_000;

/** Whether nobody listens on this loopback port. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @returns a loopback port on which nobody listens now, never one of `taken` */
export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
}
