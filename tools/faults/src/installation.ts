import { createPool } from '@agon/event-store';
import type { Observed } from '@agon/testing/laws';
import { type TestStack, type TestStackOptions, startStack } from '@agon/testing';

/** Every process of an installation, and what a scenario looks at it with. */
export interface Installation extends Observed {
  readonly stack: TestStack;
  stop(): Promise<void>;
}

/** Quick answers, so that refinements settle soon: milliseconds. */
const MODEL_MS = '40';

/**
 * Starts every process on servers, ports and data of its own, with a simulated model that is quick.
 * @param options as for `startStack`; `env` comes on top
 * @param natsUrl of brokers that somebody else has started, where `rows` name none
 */
export async function startInstallation(options: TestStackOptions = {}, natsUrl?: string): Promise<Installation> {
  const env = { LOG_LEVEL: 'warn', AGON_LLM: 'sim', AGON_SIM_MEDIAN_MS: MODEL_MS, AGON_LLM_BREAKER_RESET_MS: '1000' };
  const stack = await startStack({ ...options, env: { ...env, ...options.env } });
  const pool = createPool(stack.postgres.url, 'faults', 4);
  return {
    stack,
    pool,
    natsUrl: natsUrl ?? stack.nats.url,
    urls: stack.processes.filter(({ name }) => /^gateway(-\d+)?$/.test(name)).map(({ url }) => url),
    stop: async () => {
      await pool.end();
      await stack.stop();
    },
  };
}
