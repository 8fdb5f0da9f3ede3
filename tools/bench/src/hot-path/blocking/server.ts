import { Answer } from '@agon/contracts';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { z } from 'zod';
import { Caller, type Reply } from '../caller.ts';
import { HANDLERS, type BlockingHandler } from './handlers.ts';
import type { FromBlocking } from './process.ts';
import { kindOf } from './routes.ts';

/**
 * The blocking design, as a process of its own before a gateway without a model: what the rules decide is the same, by the
 * same services, and then the answer waits for the model calls that the handlers of the design awaited. Nothing is made
 * slower: the calls go out at once over connections that stay open, any number side by side, and the subsystems of a call
 * do not wait for one another.
 */

const Addresses = z.object({ gateway: z.url(), model: z.url() });
const Known = z.object({ storyId: z.string() });

const { gateway, model } = Addresses.parse({ gateway: process.env['GATEWAY_URL'], model: process.env['MODEL_URL'] });
const rules = new Caller(gateway);
const provider = new Caller(model);
/** NPCs whose reputation is in memory, by story. */
const reputations = new Map<string, Set<string>>();
let asked = 0;

const tell = (message: FromBlocking): void => {
  process.send?.(message);
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** No two requests are the same: the simulated model takes as long for a request as it ever did. */
async function ask(task: string, storyId: string): Promise<void> {
  asked += 1;
  const input = `${task} ${storyId} ${asked}`;
  const reply = await provider.must({
    method: 'POST',
    path: '/v1/responses',
    body: { model: 'llm-sim', input, max_output_tokens: 64 },
  });
  if (reply.text === '') throw new Error('the model said nothing');
}

async function handle({ name, awaits }: BlockingHandler, answer: Answer, began: number): Promise<void> {
  const known = reputations.get(answer.storyId) ?? new Set<string>();
  reputations.set(answer.storyId, known);
  const isNew = (npcId: string): boolean => known.size < known.add(npcId).size;
  const tasks = awaits({ answer, isNew });
  for (const task of tasks) await ask(task, answer.storyId);
  tell({ kind: 'handled', handler: name, calls: tasks.length, ms: performance.now() - began });
}

async function awaitModel(path: string, body: string, { text, status }: Reply, began: number): Promise<void> {
  const kind = kindOf(path, body);
  if (kind === undefined || status >= 300 || !Known.safeParse(JSON.parse(text)).success) return;
  const answer = Answer.parse(JSON.parse(text));
  await Promise.all(HANDLERS.filter(({ on }) => on === kind).map((handler) => handle(handler, answer, began)));
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const began = performance.now();
  const { method = 'GET', url = '/', headers } = request;
  const body = await bodyOf(request);
  const key = headers['idempotency-key'];
  const reply = await rules.send({
    method: method === 'POST' || method === 'PUT' ? method : 'GET',
    path: url,
    ...(typeof key === 'string' ? { key } : {}),
    ...(body === '' ? {} : { body: z.record(z.string(), z.unknown()).parse(JSON.parse(body)) }),
  });
  await awaitModel(url, body, reply, began);
  response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.text);
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
  });
});
server.keepAliveTimeout = 60_000;
// The process ends with the one that started it.
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null)
    tell({ kind: 'listening', url: `http://127.0.0.1:${address.port}` });
});
