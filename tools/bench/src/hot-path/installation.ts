import { PgEventLog, createPool } from '@agon/event-store';
import { type ProcessRow, topology } from '@agon/stack';
import { type TestStack, startStack } from '@agon/testing';
import { durable } from '../servers.ts';
import { cpuTimes } from './cpu.ts';

/** How the model is while something is measured. */
export const MODELS = ['healthy', 'slow', 'failing', 'off'] as const;
export type Model = (typeof MODELS)[number];

const WITH_MODEL = 'llm-gateway';
const WITHOUT_MODEL = 'llm-gateway-off';
const SERVICES = ['conflict-flow', 'stakeholder-actions', 'social-circle', 'gateway'];
/** Short, so that the breaker that a bad model has opened does not outlast the bad model's round. */
const BREAKER_RESET_MS = '1000';

/** The table with two llm-gateways, one of them without a model: they take turns, on one log. */
function rows(): ProcessRow[] {
  return topology.flatMap((row) => {
    if (row.name !== WITH_MODEL) return [row];
    const off: ProcessRow = {
      ...row,
      name: WITHOUT_MODEL,
      depends: ['postgres', 'nats'],
      environment: (place) => {
        const own = row.environment(place);
        // The same service, so the same role in the database.
        const database = new URL(own['DATABASE_URL'] ?? '');
        database.username = 'agon_llm_gateway';
        return { ...own, DATABASE_URL: database.href, AGON_LLM: 'off' };
      },
    };
    return [row, off];
  });
}

/** All processes of an installation with commits that are synced, and the switches that a benchmark needs. */
export class Installation {
  readonly log: PgEventLog;
  private readonly stack: TestStack;
  private readonly endPool: () => Promise<void>;
  private gateway = WITH_MODEL;

  private constructor(stack: TestStack) {
    this.stack = stack;
    const pool = createPool(stack.postgres.url, 'bench', 2);
    this.log = new PgEventLog(pool);
    this.endPool = () => pool.end();
  }

  static async start(): Promise<Installation> {
    const env = { AGON_LLM: 'sim', AGON_LLM_BREAKER_RESET_MS: BREAKER_RESET_MS };
    const stack = await startStack({ postgres: { settings: durable }, rows: rows(), env });
    await stack.process(WITHOUT_MODEL).stop();
    return new Installation(stack);
  }

  get url(): string {
    return this.stack.gatewayUrl;
  }

  /** Where the simulated model answers. */
  get modelUrl(): string {
    return this.stack.process('llm-sim').url;
  }

  /** How the model behaves from now on. */
  async setModel(model: Model): Promise<void> {
    const gateway = model === 'off' ? WITHOUT_MODEL : WITH_MODEL;
    if (model !== 'off') await this.setScenario(model);
    if (gateway === this.gateway) return;
    await this.stack.process(this.gateway).stop();
    await this.stack.process(gateway).start();
    this.gateway = gateway;
  }

  /** Ends and starts every service but the simulated model, at once; ready when it resolves. */
  async restart(): Promise<void> {
    await Promise.all([...SERVICES, this.gateway].map((name) => this.stack.process(name).restart()));
  }

  /** Processor time that each process has taken so far, in milliseconds. */
  cpu(): Map<string, number> {
    const { processes, postgres, nats } = this.stack;
    return cpuTimes([...processes, nats, postgres].map(({ name, pid }) => ({ name, pid })));
  }

  async stop(): Promise<void> {
    await this.endPool();
    await this.stack.stop();
  }

  private async setScenario(mode: string): Promise<void> {
    const response = await fetch(`${this.modelUrl}/__sim/scenario`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mode }),
    });
    if (!response.ok) throw new Error(`the simulated model refused the mode ${mode} with status ${response.status}`);
  }
}
