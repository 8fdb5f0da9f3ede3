import { z } from 'zod';
import { DEFAULT_SCENARIO, MODES, modeSchema } from './scenario.ts';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const environmentSchema = z.object({
  AGON_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(7605)
    .meta({ allowed: 'a whole number from 0 to 65535' }),
  AGON_HOST: z.string().min(1).default('127.0.0.1').meta({ allowed: 'an address of this machine' }),
  LOG_LEVEL: z
    .enum(LEVELS)
    .default('info')
    .meta({ allowed: `one of ${LEVELS.join(', ')}` }),
  AGON_SIM_MODE: modeSchema.default(DEFAULT_SCENARIO.mode).meta({ allowed: `one of ${MODES.join(', ')}` }),
  AGON_SIM_MEDIAN_MS: z.coerce
    .number()
    .min(0)
    .max(600_000)
    .default(DEFAULT_SCENARIO.medianMs)
    .meta({ allowed: 'a number from 0 to 600000' }),
  AGON_SIM_SEED: z.string().default(DEFAULT_SCENARIO.seed).meta({ allowed: 'any text' }),
});
export type Config = z.output<typeof environmentSchema>;

export type ParsedConfig = { ok: true; config: Config } | { ok: false; problems: string[] };

/** Reads the variables; an empty one counts as unset. @returns a line per wrong variable if there is any */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): ParsedConfig {
  const shape = Object.entries(environmentSchema.shape);
  const given = Object.fromEntries(shape.flatMap(([name]) => (environment[name] ? [[name, environment[name]]] : [])));
  const parsed = environmentSchema.safeParse(given);
  if (parsed.success) return { ok: true, config: parsed.data };
  const wrong = new Set(parsed.error.issues.map(({ path }) => path[0]));
  const problems = shape
    .filter(([name]) => wrong.has(name))
    .map(([name, schema]) => `${name} is "${environment[name] ?? ''}": must be ${String(schema.meta()?.allowed)}`);
  return { ok: false, problems };
}

/** Whether lines of level `info` are written. */
export const logsInfo = (level: Config['LOG_LEVEL']): boolean => ['info', 'debug', 'trace'].includes(level);
