import { REFINEMENT_TASKS, taskOf } from '@agon/contracts';
import { z } from 'zod';
import { answerSchema } from './answer-schema.ts';

const TAKEN = new Set(
  'type description enum const minimum maximum minItems maxItems items properties required additionalProperties anyOf'.split(
    ' ',
  ),
);

const node = z.record(z.string(), z.unknown());
const objectNode = z.object({ properties: z.record(z.string(), node), required: z.array(z.string()) });

function keywordsIn(schema: Record<string, unknown>): string[] {
  const properties = Object.values(objectNode.safeParse(schema).data?.properties ?? {});
  const items = node.safeParse(schema.items).data;
  return [...Object.keys(schema), ...[...properties, ...(items === undefined ? [] : [items])].flatMap(keywordsIn)];
}

describe.each(REFINEMENT_TASKS)('the schema of %s', (task) => {
  const { name, schema } = answerSchema(task);

  it('has only what strict structured output takes', () => {
    expect(keywordsIn(schema).filter((keyword) => !TAKEN.has(keyword))).toEqual([]);
    expect(name).toMatch(/^[a-z_]{1,64}$/);
  });

  it('asks for every member, and for no other', () => {
    const members = Object.keys(taskOf(task).output.shape);
    const { properties, required } = objectNode.parse(schema);
    expect(Object.keys(properties)).toEqual(members);
    expect(required).toEqual(members);
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    for (const property of Object.values(properties)) expect(property.type).toBeDefined();
  });
});

it('holds what a shared word stands for, with its description and its range', () => {
  expect(answerSchema('flow.init').schema).toMatchObject({
    properties: {
      phase: { type: 'string', enum: expect.arrayContaining(['seeds', 'climax']) },
      intensity: { type: 'number', minimum: 0, maximum: 1 },
      conditions: { type: 'array', minItems: 1, maxItems: 5, items: { type: 'string' } },
      basis: { type: 'integer', minimum: 0, description: 'Copy `basis` of the facts' },
    },
  });
  expect(answerSchema('flow.init').schema).not.toHaveProperty('properties.basis.maximum');
});

it('is made once', () => {
  expect(answerSchema('flow.init')).toBe(answerSchema('flow.init'));
});
