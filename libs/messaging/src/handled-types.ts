import { eventTypeOf } from './decorators.ts';

/**
 * The event types for which there are handlers.
 *
 * @param handlers Nest's handlers by pattern; `next` is a second one for the same pattern.
 * @param expected what the contracts say that the service handles; unchecked when absent.
 * @throws Error one line that names every difference.
 */
export const handledTypes = (
  service: string,
  handlers: ReadonlyMap<string, { readonly next?: unknown }>,
  expected?: readonly string[],
): string[] => {
  const types: string[] = [];
  for (const [pattern, { next }] of handlers) {
    const type = eventTypeOf(pattern);
    if (type === undefined) continue;
    // Two appends can't both handle one message.
    if (next !== undefined) throw new Error(`${service} handles ${type} in two methods; it takes one`);
    types.push(type);
  }
  if (expected === undefined) return types;
  const missing = expected.filter((type) => !types.includes(type));
  const surplus = types.filter((type) => !expected.includes(type));
  const differences = [
    ...(missing.length > 0 ? [`no handler for ${missing.join(', ')}`] : []),
    ...(surplus.length > 0 ? [`not in the contracts: ${surplus.join(', ')}`] : []),
  ];
  if (differences.length > 0) {
    throw new Error(`the handlers of ${service} differ from the contracts: ${differences.join('; ')}`);
  }
  return types;
};
