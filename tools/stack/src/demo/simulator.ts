import { z } from 'zod';
import { StackError } from '../stack-error.ts';

const Scenario = z.object({ mode: z.string() });
const Calls = z.object({ total: z.int(), calls: z.array(z.object({ request: z.unknown() })) });

/** The controls of the simulated model. */
export class Simulator {
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async mode(): Promise<string> {
    const { mode } = await this.ask('scenario', Scenario);
    return mode;
  }

  /** How it behaves from the next call on. */
  async setMode(mode: string): Promise<void> {
    await this.ask('scenario', Scenario, { method: 'POST', body: JSON.stringify({ mode }) });
  }

  /** The newest requests to the model that have a text somewhere in them. */
  async requestsWith(text: string): Promise<unknown[]> {
    const query = new URLSearchParams({ contains: text, limit: '200' });
    const { calls } = await this.ask(`calls?${query.toString()}`, Calls);
    return calls.map(({ request }) => request);
  }

  private async ask<T>(path: string, schema: z.ZodType<T>, init: RequestInit = {}): Promise<T> {
    const response = await fetch(`${this.url}/__sim/${path}`, {
      ...init,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new StackError(`the simulated model refused ${path} with status ${response.status}`);
    return schema.parse(await response.json());
  }
}
