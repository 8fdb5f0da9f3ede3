import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { stateFolders } from '../src/paths.ts';
import { isRunning } from '../src/process/identity.ts';
import { readRuns } from '../src/process/run-file.ts';
import { down, removeData } from '../src/stack/down.ts';
import type { Stack } from '../src/stack/stack.ts';
import { up, type UpOptions } from '../src/stack/up.ts';
import { waitUntil } from '../src/wait-until.ts';
import { fakeRows } from './fixtures/fake-rows.ts';
import { temporaryState } from './temporary.ts';

const state = temporaryState();
const folders = stateFolders(state);
const start = (options: UpOptions = {}): Promise<Stack> =>
  up({ state, ports: 'free', throwAway: true, rows: fakeRows(), ...options });

async function environmentOf(stack: Stack): Promise<unknown> {
  const response = await fetch(`${stack.gatewayUrl}/environment`);
  return response.json();
}

// The first run may have to fetch a broker.
describe('up', () => {
  afterEach(() => down(folders));

  it('starts each process of the table with the addresses of the others, and down ends them all', async () => {
    const stack = await start({ replicas: { gateway: 2 } });
    const url = (name: string): string => stack.urls.get(name) ?? '';
    expect(await environmentOf(stack)).toMatchObject({ DATABASE_URL: url('postgres'), NATS_URL: url('nats') });
    const running = readRuns(folders.run);
    expect(running.map(({ name }) => name).toSorted()).toEqual(['gateway', 'gateway-2', 'nats', 'postgres']);
    expect((await down(folders)).toSorted()).toEqual(['gateway', 'gateway-2', 'nats', 'postgres']);
    expect(running.filter(({ identity }) => isRunning(identity))).toEqual([]);
    expect(readRuns(folders.run)).toEqual([]);
  }, 300_000);

  it('takes up the data of the run before, until they are removed', async () => {
    const version = join(folders.data, 'postgres/PG_VERSION');
    const mark = join(folders.data, 'postgres/mark');
    await start();
    writeFileSync(mark, '');
    await down(folders);
    await start();
    expect(existsSync(mark)).toBe(true);
    await down(folders);
    removeData(folders);
    expect(existsSync(version)).toBe(false);
  }, 60_000);

  it('never hands a provider on to a test, unless the test gives one', async () => {
    process.env['OPENAI_API_KEY'] = 'of the machine';
    try {
      const stack = await start();
      const told = await environmentOf(stack);
      expect(told).toMatchObject({ AGON_LLM: 'sim' });
      expect(told).not.toHaveProperty('OPENAI_API_KEY');
      await stack.stop();
      const own = await start({ env: { AGON_LLM: 'openai', OPENAI_API_KEY: 'of the test' } });
      expect(await environmentOf(own)).toMatchObject({ AGON_LLM: 'openai', OPENAI_API_KEY: 'of the test' });
    } finally {
      delete process.env['OPENAI_API_KEY'];
    }
  }, 60_000);

  it('says why a service did not start, and leaves nothing running', async () => {
    await expect(start({ env: { FAKE_MODE: 'broken' } })).rejects.toThrow(
      /gateway ended while starting: .*packs\/harbour\.json: \$\.texts\[0\] must be a text \(log: .*gateway\.log\)/,
    );
    expect(readRuns(folders.run)).toEqual([]);
  }, 60_000);

  it('names the service that does not become ready in time, and leaves nothing running', async () => {
    const never = start({ env: { FAKE_MODE: 'never-ready' }, readyTimeout: 400 });
    await expect(never).rejects.toThrow(/gateway was not ready after 0\.4 s/);
    expect(readRuns(folders.run)).toEqual([]);
  }, 60_000);

  it('stops what it started when it is interrupted', async () => {
    const controller = new AbortController();
    const interrupted = start({ env: { FAKE_MODE: 'never-ready' }, signal: controller.signal });
    interrupted.catch(() => undefined);
    await waitUntil(() => readRuns(folders.run).some(({ name }) => name === 'gateway'), { timeout: 30_000 });
    const running = readRuns(folders.run);
    controller.abort(new Error('interrupted'));
    await expect(interrupted).rejects.toThrow('interrupted');
    expect(running.map(({ name }) => name).toSorted()).toEqual(['gateway', 'nats', 'postgres']);
    expect(running.filter(({ identity }) => isRunning(identity))).toEqual([]);
  }, 60_000);

  it('refuses a port that somebody else uses before anything is started', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const taken = start({ ports: 'table', env: { AGON_POSTGRES_PORT: String(port) } });
    await expect(taken).rejects.toThrow(`port ${port} of postgres is in use`);
    expect(readRuns(folders.run)).toEqual([]);
    other.close();
  });

  it('says in one line that the data folder is broken, and what to do', async () => {
    const broken = temporaryState();
    const { data, run } = stateFolders(broken);
    await (await start({ state: broken })).stop();
    writeFileSync(join(data, 'postgres/PG_VERSION'), '9\n');
    await expect(start({ state: broken })).rejects.toThrow(/made by Postgres 9, .*"\.\/agon down --data"/);
    writeFileSync(join(data, 'postgres/PG_VERSION'), '18\n');
    for (const file of readdirSync(join(data, 'postgres/pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name))) {
      writeFileSync(join(data, 'postgres/pg_wal', file), 'no log');
    }
    await expect(start({ state: broken })).rejects.toThrow(
      /postgres ended while starting: .*(PANIC|FATAL).*down --data/,
    );
    expect(readRuns(run)).toEqual([]);
  }, 60_000);

  it('says that nobody answers at an address that was given', async () => {
    const rows = fakeRows();
    const given = up({ state, ports: 'free', rows, env: { DATABASE_URL: 'postgres://127.0.0.1:1/none' } });
    await expect(given).rejects.toThrow('DATABASE_URL: nobody answers at 127.0.0.1:1');
  });
});
