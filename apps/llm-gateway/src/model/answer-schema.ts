import { REFINEMENT_TASKS, type RefinementTask, taskOf } from '@agon/contracts';
import { z } from 'zod';

/** A JSON schema as providers take it for strict structured output. */
export interface AnswerSchema {
  /** Letters, digits, `_`, 64 at most: nothing else may be in a schema's name. */
  readonly name: string;
  readonly schema: Record<string, unknown>;
}

type Schema = z.core.JSONSchema.BaseSchema;
type Definitions = Readonly<Record<string, Schema>>;

/**
 * Keywords that strict structured output takes (platform.openai.com, "Structured Outputs", supported schemas) and that
 * local servers can turn into a grammar. Whatever else a task's schema asks for is checked when the answer is there.
 */
const KEPT = ['type', 'description', 'enum', 'const', 'minimum', 'maximum', 'minItems', 'maxItems'] as const;

/** zod gives an unbounded integer the limits of exact numbers, which mean nothing to a model. */
const isLimit = (value: unknown): boolean => typeof value === 'number' && Math.abs(value) === Number.MAX_SAFE_INTEGER;

/** The schema without what strict structured output refuses. References are resolved: not every server follows them. */
function strict(node: boolean | Schema, definitions: Definitions): Record<string, unknown> {
  if (typeof node === 'boolean') return {};
  const referred = definitions[node.$ref?.replace('#/$defs/', '') ?? ''] ?? {};
  const schema = { ...referred, ...node };
  const kept = KEPT.flatMap((key) =>
    schema[key] === undefined || isLimit(schema[key]) ? [] : [[key, schema[key]] as const],
  );
  return {
    ...Object.fromEntries(kept),
    ...(schema.properties === undefined ? {} : closed(schema.properties, definitions)),
    ...(schema.items === undefined || Array.isArray(schema.items) ? {} : { items: strict(schema.items, definitions) }),
    ...(schema.anyOf === undefined ? {} : { anyOf: schema.anyOf.map((branch) => strict(branch, definitions)) }),
  };
}

const closed = (properties: NonNullable<Schema['properties']>, definitions: Definitions): object => ({
  properties: Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, strict(property, definitions)]),
  ),
  required: Object.keys(properties),
  additionalProperties: false,
});

const schemaOf = (task: RefinementTask): AnswerSchema => {
  const { $defs = {}, ...schema } = z.toJSONSchema(taskOf(task).output);
  return { name: task.replaceAll('.', '_'), schema: strict(schema, $defs) };
};

const schemas = new Map(REFINEMENT_TASKS.map((task) => [task, schemaOf(task)]));

/** What a model's answer to the task must look like. */
export function answerSchema(task: RefinementTask): AnswerSchema {
  const schema = schemas.get(task);
  if (schema === undefined) throw new RangeError(`there is no task ${task}`);
  return schema;
}
