import { z } from 'zod';
import type { Mode } from '../scenario.ts';

const namesById = z.record(z.string(), z.string()).catch({});
const record = z.record(z.string(), z.unknown());

const factsSchema = z.looseObject({
  task: z.string().optional().catch(undefined),
  candidates: namesById,
  others: namesById,
  current: record.catch({}),
});

/** What a request tells about its subject. Other members may be there, and are copied where the answer has them too. */
export type Facts = z.output<typeof factsSchema>;

/** The names, by id, that may be used, and those that may not. */
export type NamesById = Facts['candidates'];

function objectOf(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return record.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** What is known without any facts. */
export const noFacts: Facts = factsSchema.parse({});

/**
 * The facts in the user's messages, oldest first: a line that is a JSON object. A later message is nearer to what is
 * asked, and an object that names its task can't be an example that happens to be JSON.
 */
export function factsOf(messages: readonly string[]): { given: Record<string, unknown> | null; facts: Facts } {
  const objects = messages.toReversed().flatMap((text) =>
    text.split('\n').flatMap((line) => {
      const object = objectOf(line.trim());
      return object === undefined ? [] : [object];
    }),
  );
  const given = objects.find(({ task }) => typeof task === 'string') ?? objects[0];
  return given === undefined ? { given: null, facts: noFacts } : { given, facts: factsSchema.parse(given) };
}

/** The facts as somebody has them who mixes something up; `stranger` is named in place of who is there. */
export function mistaken(facts: Facts, mode: Mode): { facts: Facts; stranger?: string } {
  if (mode === 'stale_basis') {
    return typeof facts.basis === 'number' ? { facts: { ...facts, basis: facts.basis + 1 } } : { facts };
  }
  if (mode === 'other_npc') {
    const [id, name] =
      Object.entries(facts.others)[0] ?? Object.entries(facts.candidates).find(([id]) => id !== facts.npcId) ?? [];
    return id === undefined || name === undefined ? { facts } : { facts: { ...facts, npcId: id }, stranger: name };
  }
  return { facts };
}
