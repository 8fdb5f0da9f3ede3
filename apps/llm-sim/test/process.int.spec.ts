import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startSim } from '../src/start-sim.ts';
import { post, responsesAsk } from './asking.ts';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const started: ChildProcess[] = [];

function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return child;
}

async function failure(environment: Record<string, string>) {
  const child = start(environment);
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { said, code };
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('says where it listens, and ends at once with 0 on %s', async (signal) => {
    const child = start({ AGON_PORT: '0', AGON_SIM_MODE: 'stalled' });
    const [line] = await once(child.stdout, 'data');
    const { url, service } = JSON.parse(String(line));
    expect(service).toBe('llm-sim');
    const silent = await post(`${url}/v1/responses`, { body: responsesAsk });
    const ended = once(child, 'exit');
    child.kill(signal);
    expect(await ended).toEqual([0, null]);
    await expect(silent.text()).rejects.toThrow();
  });

  it('says in one line which variable is wrong', async () => {
    expect(await failure({ AGON_SIM_MEDIAN_MS: 'soon' })).toEqual({
      said: 'AGON_SIM_MEDIAN_MS is "soon": must be a number from 0 to 600000\n',
      code: 1,
    });
  });

  it('says in one line that its port is taken', async () => {
    const other = await startSim();
    const { said, code } = await failure({ AGON_PORT: `${other.port}` });
    await other.close();
    expect(said).toBe(`llm-sim can't start: 127.0.0.1:${other.port} is in use by another process\n`);
    expect(code).toBe(1);
  });
});
