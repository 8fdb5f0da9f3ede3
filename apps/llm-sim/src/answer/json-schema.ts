import { z } from 'zod';

/** The part of JSON Schema that the simulator can answer with an instance. */
export interface JsonSchema {
  readonly type?: string | readonly string[] | undefined;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly anyOf?: readonly JsonSchema[] | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: boolean | JsonSchema | undefined;
  readonly items?: JsonSchema | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly multipleOf?: number | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  /** Values of the facts are held against it; made-up strings are not. */
  readonly pattern?: string | undefined;
}

const count = z.number().int().min(0).optional();
const bound = z.number().optional();
// An instance made without them would be wrong, so a schema with one of them is refused.
const unsupported = z.never({ error: 'the simulator does not support this keyword' }).optional();

/** Reads a schema; keywords that only describe are dropped. */
export const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
    const: z.unknown().optional(),
    enum: z.array(z.unknown()).min(1).optional(),
    anyOf: z.array(jsonSchema).min(1).optional(),
    properties: z.record(z.string(), jsonSchema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.union([z.boolean(), jsonSchema]).optional(),
    items: jsonSchema.optional(),
    minItems: count,
    maxItems: count,
    minimum: bound,
    maximum: bound,
    exclusiveMinimum: bound,
    exclusiveMaximum: bound,
    multipleOf: z.number().positive().optional(),
    minLength: count,
    maxLength: count,
    pattern: z.string().optional(),
    $ref: unsupported,
    allOf: unsupported,
    oneOf: unsupported,
    not: unsupported,
    if: unsupported,
    patternProperties: unsupported,
    prefixItems: unsupported,
  }),
);

/** The types that a schema names; none means any. */
export const typesOf = ({ type }: JsonSchema): readonly string[] =>
  type === undefined ? [] : typeof type === 'string' ? [type] : type;
