import type { IncomingMessage, ServerResponse } from 'node:http';
import { BadRequest, type Refusal } from '../api/errors.ts';

/** Far more than any request needs. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The whole body as text. @throws BadRequest when the body is too long, or the stream's error when the client went away */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_BYTES) throw new BadRequest(`more than ${MOST_BYTES} bytes`, null, 'request_too_large', 413);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Ends the answer with a JSON body; status 200 if none is given. */
export function sendJson(
  response: ServerResponse,
  body: object,
  { status = 200, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Ends the answer with an error in the API's shape. */
export function sendRefusal(response: ServerResponse, { error, ...how }: Refusal): void {
  sendJson(response, { error }, how);
}

/** Ends the answer with plain text, which says the version of Prometheus' format for those who read metrics. */
export function sendText(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
}
