import type { z } from 'zod';
import { type ConfigRow, describeConfig } from './config-table.ts';
import { maskPasswords, maskValue } from './mask.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type ParsedConfig<Config> = { ok: true; config: Config } | { ok: false; problems: string[] };

const problem = (row: ConfigRow | undefined, issue: z.core.$ZodIssue, given: Environment): string => {
  if (row === undefined) return issue.message;
  // A custom check knows better than the field's type what is wrong.
  const rule = issue.code === 'custom' ? issue.message : `must be ${row.allowed}`;
  const value = given[row.name];
  if (value === undefined) return `${row.name} is not set: ${rule} (${row.meaning})`;
  return row.secret ? `${row.name} (value hidden): ${rule}` : `${row.name} is "${maskPasswords(value)}": ${rule}`;
};

/**
 * Checks the environment against a schema without side effects. An empty variable counts as unset; variables that the
 * schema does not name are ignored.
 */
export const parseConfig = <Schema extends z.ZodObject>(
  schema: Schema,
  environment: Environment,
): ParsedConfig<z.output<Schema>> => {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return { ok: true, config: parsed.data };
  const rows = describeConfig(schema);
  const lines = parsed.error.issues.map((issue) =>
    problem(
      rows.find(({ name }) => name === issue.path[0]),
      issue,
      given,
    ),
  );
  return { ok: false, problems: [...new Set(lines)] };
};

/**
 * The service's configuration from environment variables, checked and typed. When a variable is wrong it prints one line
 * for each on stderr (name, value unless secret, what is allowed) and ends the process with code 1.
 */
export const readConfig = <Schema extends z.ZodObject>(
  schema: Schema,
  environment: Environment = process.env,
): z.output<Schema> => {
  const parsed = parseConfig(schema, environment);
  if (parsed.ok) return parsed.config;
  process.stderr.write(`${parsed.problems.join('\n')}\n`);
  return process.exit(1);
};

/** The values in effect, defaults included, as they may be logged. */
export const effectiveValues = (
  schema: z.ZodObject,
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> =>
  Object.fromEntries(describeConfig(schema).map(({ name, secret }) => [name, maskValue(config[name], secret)]));
