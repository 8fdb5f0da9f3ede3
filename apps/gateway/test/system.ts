import { AgonClient } from '@agon/client';
import { PgEventLog, createPool } from '@agon/event-store';
import { type TestStack, startStack } from '@agon/testing';
import type { Pool } from 'pg';

/** Time for a first start, which may have to fetch a broker, in milliseconds. */
export const START_MS = 300_000;

/** All processes, and what a test looks at them with: the API from outside, the log from inside. */
export interface System {
  readonly stack: TestStack;
  /** The first gateway. */
  readonly url: string;
  /** Every replica of the gateway. */
  readonly urls: readonly string[];
  readonly client: AgonClient;
  /** The broker's address. */
  readonly natsUrl: string;
  readonly log: PgEventLog;
  readonly pool: Pool;
  stop(): Promise<void>;
}

/**
 * Starts every process on servers, ports and data of its own. `replicas` counts the processes per service; `env` comes on
 * top of what every process gets.
 */
export async function startSystem(
  replicas: Readonly<Record<string, number>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<System> {
  // Without a model every refinement is settled at once, and the log comes to rest.
  const stack = await startStack({ replicas, env: { LOG_LEVEL: 'warn', AGON_LLM: 'off', ...env } });
  const pool = createPool(stack.postgres.url, 'e2e');
  const urls = stack.processes.filter(({ name }) => /^gateway(-\d+)?$/.test(name)).map(({ url }) => url);
  return {
    stack,
    url: stack.gatewayUrl,
    urls,
    client: new AgonClient({ baseUrl: stack.gatewayUrl }),
    natsUrl: stack.nats.url,
    log: new PgEventLog(pool),
    pool,
    stop: async () => {
      await pool.end();
      await stack.stop();
    },
  };
}

/** How many inputs and facts the log holds. What has to do with refining goes on by itself, whoever asks for what. */
export async function storedFacts({ pool }: Pick<System, 'pool'>): Promise<number> {
  const { rows } = await pool.query<{ facts: number }>(
    `select count(*)::int as facts from agon_log.events where type not like 'Refinement%'`,
  );
  return rows[0]?.facts ?? 0;
}
