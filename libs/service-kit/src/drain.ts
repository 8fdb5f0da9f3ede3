import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';
import type { HealthRegistry } from './health.ts';

/** What is under way may take this long; after it, connections are cut. */
const DRAIN_MS = 10_000;
/** Kept back from it for freeing pools and connections after open requests were cut. */
const RELEASE_MS = 2000;
/** A kept-alive connection whose last answer just went out would hold the server open until its idle time-out. */
const IDLE_CHECK_MS = 50;

/**
 * Keeps an eye on connections on which nothing was said yet, such as browsers hold in reserve: Node counts them among the
 * busy ones. The function that it returns closes them.
 */
export const watchUnused = (server: Server): (() => void) => {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return () => {
    for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
  };
};

/**
 * Ends a running app: not ready any more, no new work, what is under way finishes, then everything is freed. Open
 * requests are cut after 8 s; it rejects after 10 s, when something does not let go.
 */
export const drain = async (
  app: NestExpressApplication,
  health: HealthRegistry,
  logger: Logger,
  closeUnused: () => void,
  drainMs = DRAIN_MS,
): Promise<void> => {
  health.stopping();
  logger.info('stopping');
  const server = app.getHttpServer();
  const idle = setInterval(() => {
    server.closeIdleConnections();
    closeUnused();
  }, IDLE_CHECK_MS);
  const cut = setTimeout(() => server.closeAllConnections(), Math.max(drainMs - RELEASE_MS, 0));
  let give: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    give = setTimeout(() => reject(new Error(`still busy after ${drainMs} ms`)), drainMs);
  });
  try {
    await Promise.race([app.close(), late]);
    logger.info('stopped');
  } finally {
    clearInterval(idle);
    clearTimeout(cut);
    clearTimeout(give);
  }
};
