import type { Random } from '../random.ts';
import { PHRASES } from './phrases.ts';
import { fits } from './fits.ts';
import { type JsonSchema, typesOf } from './json-schema.ts';

/** Values for a property of this name, the best first; the first that fits the property's schema is taken. */
export type Suggest = (name: string) => readonly unknown[];

/** A wider range than this is a limit of the format, not a hint at sensible values. */
const WIDEST_SPAN = 1000;
/** Repeated draws of an item that is there already. */
const TRIES = 5;

/** An instance of the schema: suggested values where they fit, and seeded ones elsewhere. */
export function instanceOf(schema: JsonSchema, suggest: Suggest, random: Random): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) {
    const { enum: values, ...rest } = schema;
    return random.pick(values.filter((value) => fits(rest, value)));
  }
  if (schema.anyOf !== undefined) {
    const { anyOf, ...rest } = schema;
    // "Or null" is for what is unknown, and the simulator knows everything.
    const telling = anyOf.filter((branch) => !typesOf(branch).includes('null'));
    return instanceOf({ ...rest, ...random.pick(telling.length > 0 ? telling : anyOf) }, suggest, random);
  }
  return valueOf(typeFor(schema), schema, suggest, random);
}

function typeFor(schema: JsonSchema): string {
  const types = typesOf(schema);
  const implied = schema.properties !== undefined ? 'object' : schema.items !== undefined ? 'array' : 'string';
  return types.find((type) => type !== 'null') ?? types[0] ?? implied;
}

function valueOf(type: string, schema: JsonSchema, suggest: Suggest, random: Random): unknown {
  switch (type) {
    case 'object':
      return object(schema, suggest, random);
    case 'array':
      return array(schema, suggest, random);
    case 'integer':
      return number(schema, schema.multipleOf ?? 1, random);
    case 'number':
      return number(schema, schema.multipleOf ?? 0.001, random);
    case 'boolean':
      return random.next() < 0.5;
    case 'null':
      return null;
    default:
      return string(schema, random);
  }
}

function object(schema: JsonSchema, suggest: Suggest, random: Random): object {
  const { properties = {}, required = [] } = schema;
  const names = new Set([...Object.keys(properties), ...required]);
  const member = (name: string): unknown => {
    const rule = (Object.hasOwn(properties, name) ? properties[name] : undefined) ?? {};
    const suggested = suggest(name).find((value) => fits(rule, value));
    return suggested === undefined ? instanceOf(rule, suggest, random) : suggested;
  };
  return Object.fromEntries([...names].map((name) => [name, member(name)]));
}

function array({ minItems = 0, maxItems = 3, items = {} }: JsonSchema, suggest: Suggest, random: Random): unknown[] {
  const fewest = Math.max(minItems, Math.min(2, maxItems));
  const length = random.between(fewest, Math.max(fewest, Math.min(3, maxItems)));
  const made: unknown[] = [];
  while (made.length < length) {
    let item = instanceOf(items, suggest, random);
    for (let n = 0; n < TRIES && made.includes(item); n += 1) item = instanceOf(items, suggest, random);
    made.push(item);
  }
  return made;
}

function number(schema: JsonSchema, step: number, random: Random): number {
  const [from, to] = stepsOf(schema, step);
  if (from > to) return middle(schema);
  const steps = random.between(from, to);
  // Dividing gives the decimal with the fewest digits where there is one: 3 * 0.1 is 0.30000000000000004.
  const parts = Math.round(1 / step);
  return Math.abs(parts * step - 1) < 1e-9 ? steps / parts : steps * step;
}

/** Of bounds that are nearer to each other than a step. */
const middle = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): number =>
  (Math.max(minimum ?? -Infinity, exclusiveMinimum ?? -Infinity) +
    Math.min(maximum ?? Infinity, exclusiveMaximum ?? Infinity)) /
  2;

/** The lowest and the highest number of steps that the bounds allow. */
function stepsOf(schema: JsonSchema, step: number): [number, number] {
  // The rounding takes off what the division adds: 0.007 / 0.001 is a little more than 7.
  const inSteps = (value: number): number => Number((value / step).toPrecision(15));
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const lowest = Math.max(
    Math.ceil(inSteps(minimum ?? -Infinity)),
    exclusiveMinimum === undefined ? -Infinity : Math.floor(inSteps(exclusiveMinimum)) + 1,
  );
  const highest = Math.min(
    Math.floor(inSteps(maximum ?? Infinity)),
    exclusiveMaximum === undefined ? Infinity : Math.ceil(inSteps(exclusiveMaximum)) - 1,
  );
  const usual = Math.ceil(step < 1 ? 1 / step : 10);
  if (highest - lowest <= Math.max(WIDEST_SPAN, WIDEST_SPAN / step)) return [lowest, highest];
  // Near zero where the bounds allow it, else next to the bound that is nearest to zero.
  const from = Math.max(lowest, Math.min(0, highest - usual));
  return [from, Math.min(highest, from + usual)];
}

function string({ minLength = 0, maxLength }: JsonSchema, random: Random): string {
  let text = random.pick(PHRASES);
  while (text.length < minLength) text += `, ${random.pick(PHRASES)}`;
  return text.slice(0, maxLength);
}
