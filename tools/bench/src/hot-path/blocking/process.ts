import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** What the process of the blocking design tells. */
const FromBlocking = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('listening'), url: z.string() }),
  z.object({
    kind: z.literal('handled'),
    handler: z.string(),
    /** Model calls that it awaited. */
    calls: z.int(),
    /** Milliseconds from the request to the handler's end: rules and model calls. */
    ms: z.number(),
  }),
]);
export type FromBlocking = z.infer<typeof FromBlocking>;
export type Handled = Extract<FromBlocking, { kind: 'handled' }>;

export interface BlockingDesign {
  readonly url: string;
  /** Of every handler that ran, in the order of their ends. */
  readonly handled: readonly Handled[];
  stop(): Promise<void>;
}

/** Starts the blocking design before a gateway. */
export async function startBlocking(gateway: string, model: string): Promise<BlockingDesign> {
  const server = fork(fileURLToPath(new URL('server.js', import.meta.url)), {
    env: { ...process.env, GATEWAY_URL: gateway, MODEL_URL: model },
  });
  const handled: Handled[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`the blocking design ended with code ${code}`)));
    server.on('message', (message) => {
      const told = FromBlocking.parse(message);
      if (told.kind === 'listening') resolve(told.url);
      else handled.push(told);
    });
  });
  return {
    url,
    handled,
    stop: async () => {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
    },
  };
}
