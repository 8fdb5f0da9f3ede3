import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { chooseModel, ModelConfigError } from './choose-model.ts';
import type { LocalServer } from './local-servers.ts';
import { modelConfig } from './model-config.ts';
import { SimProcess } from '../../test/sim-process.ts';

interface Listing {
  readonly url: string;
  /** Keys that it was asked with. */
  readonly keys: (string | undefined)[];
}

const servers: Server[] = [];
let sim: SimProcess;
beforeAll(async () => {
  sim = await SimProcess.start();
});
afterAll(async () => {
  await sim?.stop();
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A server on this machine that answers so, or never when there is no body. */
async function listing(body: string | undefined, status = 200, headers: Record<string, string> = {}): Promise<Listing> {
  const keys: Listing['keys'] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers.authorization);
    if (body !== undefined) response.writeHead(status, headers).end(request.url === '/v1/models' ? body : '');
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return { url: `http://127.0.0.1:${address.port}/v1`, keys };
}

const models = (...ids: string[]): string =>
  JSON.stringify({ object: 'list', data: ids.map((id) => ({ id, object: 'model', owned_by: 'x' })) });
const local = (provider: string, { url }: Listing): LocalServer => ({ provider, baseUrl: url, dialect: 'chat' });
const choose = (environment: Record<string, string>, localServers: readonly LocalServer[] = []) =>
  chooseModel(modelConfig.parse(environment), { localServers });

describe('AGON_LLM', () => {
  it('off: there is none, whatever else is set', async () => {
    const { model, description } = await choose({ AGON_LLM: 'off', OPENAI_API_KEY: 'k', AGON_LLM_SIM_URL: sim.url });
    expect(model).toBeUndefined();
    expect(description).toMatch(/^no model/);
  });

  it('sim: the simulator, which says that it is one', async () => {
    const { model, description } = await choose({ AGON_LLM: 'sim', AGON_LLM_SIM_URL: `${sim.url}/` });
    expect(model).toMatchObject({ provider: 'sim', name: 'llm-sim' });
    expect(description).toBe(`llm-sim, a simulated model, at ${sim.url}/v1`);
  });

  it.each([
    [{ AGON_LLM: 'sim' }, 'set AGON_LLM_SIM_URL'],
    [{ AGON_LLM: 'openai' }, 'set OPENAI_API_KEY'],
    [{ AGON_LLM: 'custom' }, 'set AGON_LLM_BASE_URL'],
  ])('%j needs more', async (environment, wanted) => {
    const error = await choose(environment).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelConfigError);
    expect(String(error)).toContain(wanted);
  });
});

describe('OpenAI', () => {
  it.each<Record<string, string>>([{}, { AGON_LLM: 'openai' }])(
    'is asked where there is a key: %j',
    async (environment) => {
      const { model, description } = await choose({ ...environment, OPENAI_API_KEY: 'secret-key' });
      expect(model).toMatchObject({ provider: 'openai', name: 'gpt-5-mini' });
      expect(description).toBe('gpt-5-mini, a model of openai, at https://api.openai.com/v1');
    },
  );

  it('is asked for the model that is named', async () => {
    const { model } = await choose({ OPENAI_API_KEY: 'k', AGON_LLM_MODEL: 'gpt-4.1-mini' });
    expect(model?.name).toBe('gpt-4.1-mini');
  });
});

describe('a base URL', () => {
  it.each(['auto', 'custom', 'openai'])('goes before everything else with AGON_LLM=%s', async (wanted) => {
    const server = await listing(models('llama'));
    const { model, description } = await choose({
      AGON_LLM: wanted,
      AGON_LLM_BASE_URL: `${server.url}/`,
      AGON_LLM_API_KEY: 'secret-key',
      OPENAI_API_KEY: 'other-key',
    });
    expect(model).toMatchObject({ provider: 'custom', name: 'llama' });
    expect(description).toBe(`llama, a model of custom, at ${server.url}`);
    expect(server.keys).toEqual(['Bearer secret-key']);
  });

  it('is not asked for its models when one is named', async () => {
    const server = await listing(models('llama'));
    const { model } = await choose({ AGON_LLM_BASE_URL: server.url, AGON_LLM_MODEL: 'mine' });
    expect(model?.name).toBe('mine');
    expect(server.keys).toEqual([]);
  });

  it.each([
    ['several', models('a', 'b'), 'lists 2 models (a, b)'],
    ['none', models(), 'lists 0 models'],
    ['something else', '{}', 'lists no models'],
  ])('with %s to choose from needs a name', async (_, body, seen) => {
    const { url } = await listing(body);
    const error = await choose({ AGON_LLM_BASE_URL: url }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelConfigError);
    expect(String(error)).toContain(`AGON_LLM_MODEL is not set, and ${url} ${seen}`);
  });
});

describe('auto without a key', () => {
  it('takes the first server in the list that has a model, with its first one', async () => {
    const listings = await Promise.all([listing(models()), listing(models('b', 'c')), listing(models('d'))]);
    const names = ['ollama', 'vllm', 'lm-studio'];
    const { model } = await choose(
      { AGON_LLM_SIM_URL: sim.url },
      listings.map((server, n) => local(names[n] ?? '', server)),
    );
    expect(model).toMatchObject({ provider: 'vllm', name: 'b' });
    expect(listings.flatMap(({ keys }) => keys)).toEqual([undefined, undefined, undefined]);
  });

  it('takes no model that only embeds', async () => {
    const server = await listing(models('text-embedding-nomic-embed-text-v1.5', 'qwen'));
    expect((await choose({}, [local('lm-studio', server)])).model?.name).toBe('qwen');
  });

  it.each([
    ['a page', '<html></html>', 200, {}],
    ['another list', '{"object":"list","data":[{"id":"x"}]}', 200, {}],
    ['an error', models('x'), 500, {}],
    ['a way elsewhere', '', 302, { location: '/v1/models' }],
    ['silence', undefined, 200, {}],
  ])('does not take a server that answers with %s', async (_, body, status, headers) => {
    const server = await listing(body, status, headers);
    const { model } = await choose({}, [local('vllm', server)]);
    expect(model).toBeUndefined();
  });

  it('takes the simulator when no server is there, and nothing without it', async () => {
    const gone: LocalServer = { provider: 'ollama', baseUrl: 'http://127.0.0.1:1/v1', dialect: 'chat' };
    expect((await choose({ AGON_LLM_SIM_URL: sim.url }, [gone])).model?.provider).toBe('sim');
    expect((await choose({}, [gone])).model).toBeUndefined();
  });

  it('knows a list of models when the simulator gives one', async () => {
    const { model } = await choose({}, [{ provider: 'x', baseUrl: `${sim.url}/v1`, dialect: 'chat' }]);
    expect(model?.name).toBe('llm-sim');
  });
});

it.each(['ftp://x', 'http://user:key@host/v1', 'host:8080'])('refuses %s as an address', (url) => {
  expect(modelConfig.safeParse({ AGON_LLM_BASE_URL: url }).success).toBe(false);
});
