import { fits } from './fits.ts';
import type { JsonSchema } from './json-schema.ts';

/** A value that looks like the instance but is none: something required is missing, or has another type. */
export function unfit(schema: JsonSchema, instance: unknown): unknown {
  const members = typeof instance === 'object' && instance !== null ? Object.entries(instance) : [];
  const isRequired = (name: string): boolean => schema.required?.includes(name) ?? false;
  const shortened = members.filter(([name], n) => n > 0 || !isRequired(name));
  const twisted = members.map(([name, value]) => [name, typeof value === 'string' ? { value } : String(value)]);
  const attempts = [
    Object.fromEntries(shortened.map(([name, value], n) => [name, n === 0 ? { value } : value])),
    Object.fromEntries(twisted),
    { unexpected: true },
    ['unexpected'],
  ];
  return attempts.find((attempt) => !fits(schema, attempt)) ?? null;
}
