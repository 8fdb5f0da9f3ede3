import { z } from 'zod';
import { seeded } from './random.ts';

/** How the provider behaves. */
export const MODES = [
  'healthy',
  // Late, or never done.
  'slow',
  'stalled',
  'cut',
  // Refused over HTTP.
  'failing',
  'rate_limited',
  'quota',
  'unauthorized',
  // Answered, but not with an instance of the schema.
  'malformed',
  'wrong_schema',
  'incomplete',
  'refusal',
  'response_failed',
  // Answered with a valid instance that says something wrong.
  'unknown_ids',
  'stale_basis',
  'other_npc',
] as const;
export type Mode = (typeof MODES)[number];
export const modeSchema = z.enum(MODES);

const fields = {
  mode: modeSchema,
  /** Of the time that a whole answer takes. */
  medianMs: z.number().min(0).max(600_000),
  seed: z.string(),
  /** How many of the requests the mode hits, from 0 to 1; the others are answered as when healthy. */
  share: z.number().min(0).max(1),
};
export const scenarioChange = z.strictObject(fields).partial();
export type Scenario = Readonly<z.output<z.ZodObject<typeof fields>>>;

export const DEFAULT_SCENARIO: Scenario = { mode: 'healthy', medianMs: 1200, seed: 'sim', share: 1 };

/** The mode that a request meets: the seed and the request decide, so that a repeated run hits the same requests. */
export function modeFor({ mode, seed, share }: Scenario, requestHash: string): Mode {
  return seeded(seed, requestHash, 'share').next() < share ? mode : 'healthy';
}
