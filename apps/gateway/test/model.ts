import { z } from 'zod';
import type { System } from './system.ts';

/** The simulated provider of a test's installation. */

export type ModelMode =
  | 'healthy'
  | 'slow'
  | 'failing'
  | 'rate_limited'
  | 'malformed'
  | 'stalled'
  | 'cut'
  | 'unknown_ids'
  | 'stale_basis'
  | 'other_npc';

/** Quick answers, so that a test need not wait for a second each: milliseconds. */
export const QUICK_MS = 40;

/** Starts the simulator instead of no model, with quick answers and a breaker that tries again soon. */
export const SIMULATED = { AGON_LLM: 'sim', AGON_SIM_MEDIAN_MS: String(QUICK_MS), AGON_LLM_BREAKER_RESET_MS: '1000' };

const Calls = z.object({
  total: z.int(),
  calls: z.array(z.object({ outcome: z.string(), request: z.unknown(), startedAt: z.number() })),
});

/** Lets the provider answer in another way from now on. */
export async function setModel(system: System, mode: ModelMode, medianMs = QUICK_MS): Promise<void> {
  const response = await fetch(`${urlOf(system)}/__sim/scenario`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mode, medianMs }),
  });
  if (!response.ok) throw new Error(`the simulator says ${response.status}: ${await response.text()}`);
}

/** What the provider was asked, the newest last. */
export async function modelCalls(system: System, containing = ''): Promise<z.infer<typeof Calls>> {
  const query = new URLSearchParams({ limit: '5000', ...(containing === '' ? {} : { contains: containing }) });
  const response = await fetch(`${urlOf(system)}/__sim/calls?${query.toString()}`);
  return Calls.parse(await response.json());
}

const urlOf = ({ stack }: System): string => stack.process('llm-sim').url;
