import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { MODEL } from './api/dialect.ts';
import { BadRequest, SERVER_ERROR } from './api/errors.ts';
import { Control } from './control/control.ts';
import { metricsOf } from './control/metrics.ts';
import { DEFAULT_SCENARIO, type Scenario } from './scenario.ts';
import { bodyOf, sendJson, sendRefusal, sendText } from './serving/http.ts';
import { dialects, Provider } from './serving/provider.ts';

export interface SimOptions {
  /** 127.0.0.1 if left out. */
  readonly host?: string;
  /** One that is free if left out. */
  readonly port?: number;
  /** Where it differs from a healthy provider with a median of 1200 ms. */
  readonly scenario?: Partial<Scenario>;
  /** Milliseconds of silence in the mode `slow`: 30000 if left out. */
  readonly slowMs?: number;
}

export interface Sim {
  readonly url: string;
  readonly port: number;
  /** Ends at once: open connections are destroyed. */
  close(): Promise<void>;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: string;
}
type Route = (asked: Asked) => void | Promise<void>;

const WELCOME = 'This is llm-sim, a simulated model provider: no model answers here.\n';

function routesOf(control: Control, slowMs: number): ReadonlyMap<string, Route> {
  const ready = { status: 'ready', service: 'llm-sim', checks: {} };
  const models = { object: 'list', data: [{ id: MODEL, object: 'model', created: 0, owned_by: MODEL }] };
  const provider = new Provider(control, slowMs);
  const asProvider = Object.entries(dialects).map(([path, dialect]): [string, Route] => [
    `POST ${path}`,
    ({ request, response }) => provider.serve({ request, response, path, dialect }),
  ]);
  return new Map<string, Route>([
    ['GET /', ({ response }) => sendText(response, WELCOME)],
    ['GET /health/live', ({ response }) => sendJson(response, ready)],
    ['GET /health/ready', ({ response }) => sendJson(response, ready)],
    ['GET /metrics', ({ response }) => sendText(response, metricsOf(control.calls))],
    ['GET /v1/models', ({ response }) => sendJson(response, models)],
    ...asProvider,
    ['GET /__sim/scenario', ({ response }) => sendJson(response, control.scenario)],
    [
      'POST /__sim/scenario',
      async ({ request, response }) => sendJson(response, control.change(await bodyOf(request))),
    ],
    ['GET /__sim/calls', ({ response, query }) => sendJson(response, control.find(query))],
    ['POST /__sim/reset', ({ response }) => sendJson(response, control.reset())],
  ]);
}

async function answer(routes: ReadonlyMap<string, Route>, request: IncomingMessage, response: ServerResponse) {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const route = routes.get(`${request.method} ${path}`);
  try {
    if (route === undefined) throw new BadRequest(`there is no ${request.method} ${path}`, null, 'not_found', 404);
    await route({ request, response, query });
  } catch (error) {
    // Nobody is there any more to be told, or the answer has begun and can only be broken off.
    if (response.destroyed || response.headersSent) response.destroy();
    else sendRefusal(response, error instanceof BadRequest ? error.refusal : broken(error));
  }
}

/** A mistake of the simulator's own must not be taken for one that it simulates. */
const broken = (error: unknown) => ({
  ...SERVER_ERROR,
  error: { ...SERVER_ERROR.error, message: `the simulator is broken: ${String(error)}`, code: 'simulator_broken' },
});

/** Starts a simulated provider in this process. @throws the server's error when it can't listen */
export async function startSim({
  host = '127.0.0.1',
  port = 0,
  scenario,
  slowMs = 30_000,
}: SimOptions = {}): Promise<Sim> {
  const routes = routesOf(new Control({ ...DEFAULT_SCENARIO, ...scenario }), slowMs);
  const server = createServer((request, response) => void answer(routes, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
