import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type JsonSchema, typesOf } from './json-schema.ts';

const objectValue = z.record(z.string(), z.unknown());

const hasType = (type: string, value: unknown): boolean => {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
};

const numberFits = (schema: JsonSchema, value: number): boolean => {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const multiple = multipleOf === undefined ? 0 : value / multipleOf;
  return (
    value >= minimum &&
    value <= maximum &&
    (exclusiveMinimum === undefined || value > exclusiveMinimum) &&
    (exclusiveMaximum === undefined || value < exclusiveMaximum) &&
    // A tenth of something is rarely exact in binary.
    Math.abs(multiple - Math.round(multiple)) < 1e-9
  );
};

const stringFits = ({ minLength = 0, maxLength = Infinity, pattern }: JsonSchema, value: string): boolean => {
  // The schema counts characters, JavaScript counts halves of some of them.
  const { length } = Array.from(value);
  return length >= minLength && length <= maxLength && (pattern === undefined || new RegExp(pattern, 'u').test(value));
};

const arrayFits = ({ minItems = 0, maxItems = Infinity, items }: JsonSchema, value: readonly unknown[]): boolean =>
  value.length >= minItems &&
  value.length <= maxItems &&
  (items === undefined || value.every((item) => fits(items, item)));

const objectFits = (schema: JsonSchema, value: Readonly<Record<string, unknown>>): boolean => {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  return (
    required.every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, member]) => {
      const rule = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (rule !== undefined) return fits(rule, member);
      return typeof additionalProperties === 'boolean' ? additionalProperties : fits(additionalProperties, member);
    })
  );
};

/** Whether the value is an instance of the schema. */
export function fits(schema: JsonSchema, value: unknown): boolean {
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => hasType(type, value))) return false;
  if (schema.const !== undefined && !isDeepStrictEqual(schema.const, value)) return false;
  if (schema.enum !== undefined && !schema.enum.some((one) => isDeepStrictEqual(one, value))) return false;
  if (schema.anyOf !== undefined && !schema.anyOf.some((one) => fits(one, value))) return false;
  if (typeof value === 'number') return numberFits(schema, value);
  if (typeof value === 'string') return stringFits(schema, value);
  if (Array.isArray(value)) return arrayFits(schema, value);
  const object = objectValue.safeParse(value);
  return object.success ? objectFits(schema, object.data) : true;
}
