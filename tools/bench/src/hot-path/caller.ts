import { Agent, request } from 'node:http';
import type { Request } from './calls.ts';

export interface Reply {
  readonly status: number;
  /** The body. */
  readonly text: string;
}

/** A server that hangs is given up after this, in milliseconds. */
export const PATIENCE_MS = 30_000;

/** Calls one server over connections that stay open. Plain HTTP of Node: the cheapest there is, for it shares the machine. */
export class Caller {
  private readonly agent = new Agent({ keepAlive: true, maxFreeSockets: 1_000 });

  constructor(readonly url: string) {}

  /** @throws Error when there is no answer */
  send({ method, path, key, body }: Request): Promise<Reply> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...(payload === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(
        this.url + path,
        { method, headers, agent: this.agent, timeout: PATIENCE_MS },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
          );
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} was not answered`)));
      sent.on('error', reject);
      sent.end(payload);
    });
  }

  /** @throws Error when the answer is none of success */
  async must(request: Request): Promise<Reply> {
    const reply = await this.send(request);
    if (reply.status >= 300) throw new Error(`${request.path} was answered with ${reply.status}: ${reply.text}`);
    return reply;
  }

  close(): void {
    this.agent.destroy();
  }
}
