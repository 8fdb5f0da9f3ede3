import { z } from 'zod';

/** One environment variable, as the README's table and the error lines show it. */
export interface ConfigRow {
  name: string;
  /** As it would be written in the environment; undefined when there is none. */
  default: string | undefined;
  required: boolean;
  allowed: string;
  meaning: string;
  secret: boolean;
}

/** What a variable's JSON schema (with its metadata) tells about it. */
const variableSchema = z.looseObject({
  description: z.string().default(''),
  allowed: z.string().optional(),
  secret: z.boolean().default(false),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  type: z.string().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
});
type Variable = z.output<typeof variableSchema>;

/** zod gives an unbounded integer the limits of exact numbers; they tell the reader nothing. */
const bounded = (limit: number | undefined): limit is number =>
  limit !== undefined && Math.abs(limit) !== Number.MAX_SAFE_INTEGER;

const range = ({ minimum, maximum }: Variable): string => {
  if (bounded(minimum) && bounded(maximum)) return ` from ${minimum} to ${maximum}`;
  if (bounded(minimum)) return ` of at least ${minimum}`;
  return bounded(maximum) ? ` of at most ${maximum}` : '';
};

const allowed = (variable: Variable): string => {
  if (variable.allowed !== undefined) return variable.allowed;
  if (variable.enum !== undefined) return `one of ${variable.enum.join(', ')}`;
  if (variable.type === 'boolean') return 'true or false';
  if (variable.type === 'integer') return `a whole number${range(variable)}`;
  if (variable.type === 'number') return `a number${range(variable)}`;
  if (variable.format === 'uri') return 'a URL';
  if (variable.pattern !== undefined) return `text matching ${variable.pattern}`;
  return variable.minLength === undefined || variable.minLength <= 1
    ? 'text'
    : `text of at least ${variable.minLength} characters`;
};

/**
 * The variables of a configuration schema, in its order. What is allowed is read from the schema; a field says it in its
 * own words with `.meta({ allowed: '…' })`. A field is secret when marked by `.meta({ secret: true })`.
 */
export const describeConfig = (schema: z.ZodObject): ConfigRow[] =>
  Object.entries(schema.shape).map(([name, field]) => {
    const variable = variableSchema.parse(
      z.toJSONSchema(z.object({ field }), { unrepresentable: 'any' }).properties?.field,
    );
    return {
      name,
      default: variable.default === undefined ? undefined : String(variable.default),
      required: !z.safeParse(field, undefined).success,
      allowed: allowed(variable),
      meaning: variable.description,
      secret: variable.secret,
    };
  });
