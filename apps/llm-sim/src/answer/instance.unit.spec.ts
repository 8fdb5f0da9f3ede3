import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { seeded } from '../random.ts';
import { fits } from './fits.ts';
import { instanceOf } from './instance.ts';
import { type JsonSchema, jsonSchema } from './json-schema.ts';

const ajv = new Ajv({ strict: false, multipleOfPrecision: 6 });

const thousandths = fc.integer({ min: -5000, max: 5000 }).map((n) => n / 1000);
const bounds = (value: fc.Arbitrary<number>) =>
  fc.tuple(value, value).map(([a, b]) => ({ minimum: Math.min(a, b), maximum: Math.max(a, b) }));
const names = fc.uniqueArray(fc.constantFrom('text', 'mentions', 'basis', 'mood', 'list', 'inner'), { maxLength: 4 });

const { schema: schemas } = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<JsonSchema>({ type: 'string' }, { type: 'boolean' }, { type: 'null' }, { type: 'integer' }, {}),
    fc.constantFrom<JsonSchema>({ type: ['string', 'null'] }, { type: ['null', 'number'] }, { type: 'number' }),
    fc.record({
      enum: fc.uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ const: fc.oneof(fc.string(), fc.integer(), fc.boolean()) }),
    fc.record({ type: fc.constant('string'), minLength: fc.nat(40), maxLength: fc.integer({ min: 40, max: 60 }) }),
    bounds(thousandths).map((range) => ({ type: 'number', ...range })),
    bounds(fc.integer({ min: -50, max: 50 })).map((range) => ({ type: 'integer', ...range })),
    fc.record({ type: fc.constant('integer'), minimum: fc.constantFrom(Number.MIN_SAFE_INTEGER, 7, 1e6) }),
    fc.record({ type: fc.constant('number'), exclusiveMinimum: thousandths }),
    fc.record({ type: fc.constant('number'), multipleOf: fc.constantFrom(0.001, 0.05, 5) }),
    fc.record({
      type: fc.constant('array'),
      items: tie('schema'),
      minItems: fc.nat(3),
      maxItems: fc.integer({ min: 3, max: 5 }),
    }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    names.chain((keys) =>
      fc.record({
        type: fc.constant('object'),
        properties: fc.tuple(...keys.map(() => tie('schema'))).map((values) => zip(keys, values)),
        required: fc.constant(keys),
        additionalProperties: fc.constant(false),
      }),
    ),
  ),
}));

const zip = <T>(keys: readonly string[], values: readonly T[]): Record<string, T> =>
  Object.fromEntries(keys.flatMap((key, n) => values.slice(n, n + 1).map((value) => [key, value] as const)));

/** Values as schemas ask for them; how exact a multiple must be at the ends of the range is a matter of taste. */
const values = fc.anything({
  key: fc.constantFrom('text', 'mentions', 'basis', 'mood', 'list', 'inner'),
  values: [fc.string(), thousandths, fc.integer({ min: -50, max: 50 }), fc.boolean(), fc.constant(null)],
  maxDepth: 3,
});

/** Values that fit somewhere and don't elsewhere. */
const suggest = (name: string): unknown[] => [{ text: 'a sentence', mentions: ['11'], basis: 3, mood: null }, name];

describe('an instance of a schema', () => {
  it('is valid, whatever the schema', () => {
    fc.assert(
      fc.property(schemas, fc.string(), (schema, seed) => {
        const value = instanceOf(jsonSchema.parse(schema), suggest, seeded(seed));
        expect({ schema, value, valid: ajv.validate(schema, value) }).toMatchObject({ valid: true });
        expect(fits(schema, value)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('is checked as ajv checks it', () => {
    fc.assert(
      fc.property(schemas, values, (schema, value) => {
        expect(fits(schema, value)).toBe(ajv.validate(schema, value));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes the first suggestion that fits', () => {
    const schema: JsonSchema = { type: 'object', properties: { basis: { type: 'integer', maximum: 5 } } };
    const made = (values: unknown[]) => instanceOf(schema, () => values, seeded('a'));
    expect(made(['4', 9, 3, 2])).toEqual({ basis: 3 });
    expect(made(['4', 9])).toEqual({ basis: expect.any(Number) });
  });

  it('has numbers in thousandths', () => {
    for (let n = 0; n < 100; n += 1) {
      const value = instanceOf({ type: 'number', minimum: -1, maximum: 1 }, suggest, seeded(`${n}`));
      expect(String(value)).toMatch(/^-?[01](\.\d{1,3})?$/);
    }
    expect(instanceOf({ type: 'number', minimum: 0.1233, maximum: 0.1237 }, suggest, seeded('a'))).toBeCloseTo(0.1235);
  });

  it('has two or three different short texts in a list of strings', () => {
    for (let n = 0; n < 50; n += 1) {
      const list = instanceOf({ type: 'array', items: { type: 'string' } }, suggest, seeded(`${n}`));
      if (!Array.isArray(list)) throw new Error('not a list');
      expect([2, 3]).toContain(list.length);
      expect(new Set(list).size).toBe(list.length);
    }
  });

  it('is refused for a keyword that would not be obeyed', () => {
    expect(jsonSchema.safeParse({ type: 'object', properties: { a: { $ref: '#/$defs/a' } } }).success).toBe(false);
    expect(jsonSchema.safeParse({ allOf: [] }).success).toBe(false);
  });
});
