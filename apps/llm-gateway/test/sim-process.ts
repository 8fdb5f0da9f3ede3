import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const MAIN = fileURLToPath(new URL('../../llm-sim/dist/main.js', import.meta.url));
/** Of a healthy answer, in milliseconds. */
export const MEDIAN_MS = 30;
const WITHIN_MS = 5000;

const started = z.object({ msg: z.literal('started'), url: z.string() });
const call = z.object({ outcome: z.string(), mode: z.string(), path: z.string(), request: z.unknown() });
const found = z.object({ total: z.number(), calls: z.array(call) });
export type SimCall = z.output<typeof call>;

/** The simulated provider, as a process of its own on a free port. */
export class SimProcess {
  private constructor(
    private readonly child: ChildProcess,
    /** Without `/v1`. */
    readonly url: string,
  ) {}

  /** Resolves when it listens. */
  static async start(): Promise<SimProcess> {
    const env = { ...process.env, AGON_PORT: '0', AGON_SIM_MEDIAN_MS: String(MEDIAN_MS), LOG_LEVEL: 'info' };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface(child.stdout)) {
      const { data } = started.safeParse(JSON.parse(line));
      if (data !== undefined) return new SimProcess(child, data.url);
    }
    throw new Error('the simulator did not start; is it built?');
  }

  /** How all requests are met from now on. */
  async behave(mode: string, medianMs = MEDIAN_MS): Promise<void> {
    await this.post('/__sim/scenario', { mode, medianMs });
  }

  /** Forgets the calls, and is healthy again. */
  async reset(): Promise<void> {
    await this.post('/__sim/reset', {});
  }

  async calls(): Promise<SimCall[]> {
    const response = await fetch(`${this.url}/__sim/calls`);
    return found.parse(await response.json()).calls;
  }

  /** The last call, once it has ended. */
  async lastEnded(): Promise<SimCall> {
    const until = Date.now() + WITHIN_MS;
    for (;;) {
      const last = (await this.calls()).at(-1);
      if (last !== undefined && last.outcome !== 'open') return last;
      if (Date.now() > until) throw new Error(`no call has ended within ${WITHIN_MS} ms: ${JSON.stringify(last)}`);
      await delay(5);
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }

  private async post(path: string, body: object): Promise<void> {
    const response = await fetch(`${this.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
}
