import { waitUntil } from '@agon/testing';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { StoryPublisher } from '@agon/event-store';
import { connectNats } from '@agon/messaging';
import { appendRequest, newStory } from '../test/requests.ts';
import { SimProcess } from '../test/sim-process.ts';
import { reasonsOf, World } from '../test/world.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The service as a process; it has to be built. */
class Service {
  errors = '';
  lines: string[] = [];
  private readonly child: ChildProcess;

  constructor(variables: Record<string, string>) {
    // Jest's own flags are not for the service.
    const env = { ...process.env, NODE_OPTIONS: '', AGON_PORT: '0', AGON_PARTITIONS: '4', ...variables };
    this.child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (chunk) => this.lines.push(...String(chunk).trim().split('\n')));
    this.child.stderr?.on('data', (chunk) => (this.errors += String(chunk)));
  }

  /** Where it listens, once it does. */
  async url(): Promise<string> {
    const listening = (): string | undefined => this.lines.find((line) => line.includes('"msg":"listening"'));
    await waitUntil('listening', () => listening() !== undefined, { saw: () => [this.lines.at(-1), this.errors] });
    const port = /"port":(\d+)/.exec(listening() ?? '')?.[1];
    return `http://127.0.0.1:${port ?? ''}`;
  }

  /** Its exit code, once it has ended. */
  async ended(signal?: NodeJS.Signals): Promise<number | null> {
    const exit = this.child.exitCode === null ? once(this.child, 'exit') : undefined;
    if (signal !== undefined) this.child.kill(signal);
    await exit;
    return this.child.exitCode;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

const health = async (url: string): Promise<unknown> => (await fetch(`${url}/health/ready`)).json();

describe('the process', () => {
  let world: World;
  let service: Service | undefined;
  beforeAll(async () => {
    world = await World.open();
  }, 300_000);
  afterEach(() => service?.kill());
  afterAll(() => world.close());

  const start = (variables: Record<string, string>): Service => {
    service = new Service({ DATABASE_URL: world.databaseUrl, NATS_URL: world.broker.url, ...variables });
    return service;
  };
  /** Stores a request and publishes it as its owner's process would. */
  const request = async (storyId: string): Promise<void> => {
    const stored = await appendRequest(world.log, storyId);
    const nats = await connectNats(world.broker.url, 'test', { wait: true });
    const publisher = new StoryPublisher({ log: world.log, nats, partitions: [3] });
    publisher.publish([stored]);
    await publisher.idle();
    await publisher.stop();
    await nats.close();
  };

  it('says in one line what is wrong with its configuration', async () => {
    const wrong = start({ AGON_LLM: 'custom' });
    expect(await wrong.ended()).toBe(1);
    expect(wrong.errors).toBe("llm-gateway can't start: AGON_LLM is custom: set AGON_LLM_BASE_URL\n");
  });

  it('declines what it takes from the log without a model, and ends in good order', async () => {
    const off = start({ AGON_LLM: 'off' });
    const url = await off.url();
    const storyId = newStory();
    await request(storyId);
    await waitUntil('declined', async () => (await world.results(storyId)).length > 0, { saw: () => off.lines });
    expect(reasonsOf(await world.results(storyId))).toEqual(['off']);
    expect(await health(url)).toMatchObject({ checks: { model: { state: 'up' }, lanes: { state: 'up' } } });
    expect(await off.ended('SIGTERM')).toBe(0);
    expect((await world.log.marks(3)).get('llm-gateway')).toBeGreaterThan(0);
    expect(off.lines.filter((line) => /"level":[56]0/.test(line))).toEqual([]);
  }, 20_000);

  it('answers by the simulated model', async () => {
    const sim = await SimProcess.start();
    try {
      const on = start({ AGON_LLM: 'sim', AGON_LLM_SIM_URL: sim.url });
      const url = await on.url();
      const storyId = newStory();
      await request(storyId);
      await waitUntil('answered', async () => (await world.results(storyId)).length > 0, { saw: () => on.lines });
      expect((await world.results(storyId)).map(({ type }) => type)).toEqual(['RefinementAnswered']);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toMatch(/agon_llm_calls_total\{[^}]*outcome="answered"[^}]*\} 1/);
      expect(await on.ended('SIGTERM')).toBe(0);
    } finally {
      await sim.stop();
    }
  }, 20_000);
});
