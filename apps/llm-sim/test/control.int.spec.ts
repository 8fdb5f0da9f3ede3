import { startSim, type Sim } from '../src/start-sim.ts';
import { post, responsesAsk, said } from './asking.ts';

let sim: Sim;
beforeEach(async () => {
  sim = await startSim({ scenario: { medianMs: 10 } });
});
afterEach(() => sim.close());

const get = (path: string) => said(fetch(`${sim.url}${path}`));
const change = (body: object) => post(`${sim.url}/__sim/scenario`, { body });
const ask = (body: object = responsesAsk, rest: { mode?: string; signal?: AbortSignal } = {}) =>
  post(`${sim.url}/v1/responses`, { body, ...rest });

/** Asks until a call has this outcome; the test's own timeout ends the waiting. */
async function lastCall(outcome: string) {
  for (;;) {
    const call = (await get('/__sim/calls?limit=1')).calls[0];
    if (call?.outcome === outcome) return call;
  }
}

describe('the record of calls', () => {
  it('tells what was asked and what became of it, newest last', async () => {
    await (await ask()).text();
    await (await ask({ model: 'm', input: 'Ein „Gruß“\nzwei' })).text();
    await ask({ model: 'm' });
    const { total, calls } = await get('/__sim/calls');
    expect(total).toBe(3);
    expect(calls).toMatchObject([
      {
        n: 1,
        path: '/v1/responses',
        mode: 'healthy',
        outcome: 'answered',
        request: { model: 'any' },
        facts: { npcId: '11' },
      },
      { n: 2, outcome: 'answered', request: { input: 'Ein „Gruß“\nzwei' }, facts: null },
      { n: 3, outcome: 'failed' },
    ]);
    expect(calls[0].ms).toBe(calls[0].endedAt - calls[0].startedAt);
    expect(calls[0].at).toBe(new Date(calls[0].startedAt).toISOString());
  });

  it('can be searched for what the strings of a request say', async () => {
    await (await ask()).text();
    await (await ask({ model: 'm', input: 'Ein „Gruß“\nzwei' })).text();
    const found = async (text: string) => (await get(`/__sim/calls?contains=${encodeURIComponent(text)}`)).total;
    expect(await found('"npcId":"11"')).toBe(1);
    expect(await found('Gruß“\nzwei')).toBe(1);
    expect(await found('model')).toBe(0);
    expect(await get('/__sim/calls?limit=1')).toMatchObject({ total: 2, calls: [{ n: 2 }] });
    expect((await fetch(`${sim.url}/__sim/calls?limit=x`)).status).toBe(400);
  });

  it.each([
    ['slow', false],
    ['stalled', true],
    ['stalled', false],
  ])('knows at once when the client has gone: %s, streamed: %s', async (mode, stream) => {
    const client = new AbortController();
    const asked = ask({ ...responsesAsk, stream }, { mode, signal: client.signal });
    const outcome = asked.then(
      ({ status }) => status,
      () => 'gone',
    );
    if (mode === 'stalled') await outcome;
    expect(await lastCall('open')).toMatchObject({ mode, endedAt: null, ms: null });
    const left = Date.now();
    client.abort();
    const { endedAt } = await lastCall('aborted');
    expect(endedAt - left).toBeLessThan(1000);
    expect(await outcome).toBe(mode === 'stalled' ? 200 : 'gone');
  });

  it('keeps a stalled stream open after some of its text', async () => {
    const client = new AbortController();
    const response = await ask({ ...responsesAsk, stream: true }, { mode: 'stalled', signal: client.signal });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk);
      if (text.split('event: response.output_text.delta').length > 3) break;
    }
    expect(text).not.toContain('response.completed');
    client.abort();
    await lastCall('aborted');
  });

  it('counts what broke as failed', async () => {
    await (await ask({ ...responsesAsk, stream: true }, { mode: 'cut' })).text().catch(() => '');
    await lastCall('failed');
    const metrics = await (await fetch(`${sim.url}/metrics`)).text();
    expect(metrics).toContain('agon_sim_calls_total{outcome="failed"} 1\n');
    expect(metrics).toMatch(/^process_resident_memory_bytes \d+$/m);
  });
});

describe('the scenario', () => {
  it('can be changed in parts, and set back', async () => {
    expect(await get('/__sim/scenario')).toEqual({ mode: 'healthy', medianMs: 10, seed: 'sim', share: 1 });
    const changed = await change({ mode: 'failing', share: 0.5 });
    expect(await said(changed)).toEqual({ mode: 'failing', medianMs: 10, seed: 'sim', share: 0.5 });
    const statuses = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => (await ask({ model: 'm', input: `question ${n}` })).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200, 500]));
    await post(`${sim.url}/__sim/reset`, { body: {} });
    expect(await get('/__sim/scenario')).toMatchObject({ mode: 'healthy', share: 1 });
    expect(await get('/__sim/calls')).toEqual({ total: 0, calls: [] });
  });

  it('gives way to the mode of a request', async () => {
    await change({ mode: 'failing' });
    expect((await ask()).status).toBe(500);
    expect((await ask(responsesAsk, { mode: 'healthy' })).status).toBe(200);
  });

  it.each([{ mode: 'sleepy' }, { share: 2 }, { speed: 1 }])('is not changed by %j', async (body) => {
    const response = await change(body);
    expect(response.status).toBe(400);
    expect((await said(response)).error.message).toContain('healthy, slow, stalled');
    expect(await get('/__sim/scenario')).toMatchObject({ mode: 'healthy', share: 1 });
  });
});

it('says what it is', async () => {
  expect(await (await fetch(sim.url)).text()).toMatch(/^This is llm-sim, a simulated model provider.*\n$/);
  expect(await get('/v1/models')).toMatchObject({ object: 'list', data: [{ id: 'llm-sim' }] });
  const ready = { status: 'ready', service: 'llm-sim', checks: {} };
  expect(await get('/health/ready')).toEqual(ready);
  expect(await get('/health/live')).toEqual(ready);
});

it('ends at once, with whatever is open', async () => {
  const silent = await ask(responsesAsk, { mode: 'stalled' });
  await sim.close();
  await expect(silent.text()).rejects.toThrow();
  await expect(fetch(sim.url)).rejects.toThrow();
});
