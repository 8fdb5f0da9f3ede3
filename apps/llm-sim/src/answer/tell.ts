import type { Random } from '../random.ts';
import type { Facts } from './facts.ts';
import { DETAILS, EVENTS, GESTURES, TITLE_MARKS, TITLE_THINGS } from './sentences.ts';

/** Draws after which a text is taken that is not quite as it should be. */
const TRIES = 200;

export interface Telling {
  readonly facts: Facts;
  /** Who is named in place of those whom the current text names. */
  readonly stranger?: string | undefined;
  /** Most characters. */
  readonly maxLength?: number | undefined;
}

/**
 * A new text for what the facts are about: a title of two to four words for a conflict, otherwise a sentence with the
 * names of the candidates who are in the current text, and no one else's.
 */
export function tell({ facts, stranger, maxLength = Infinity }: Telling, random: Random): string {
  const titled = facts.task === 'conflict.name';
  const { text: current = facts.current.name } = facts.current;
  const names = stranger !== undefined ? [stranger] : titled ? [] : namesIn(current, facts);
  const isGood = (text: string): boolean =>
    text !== current && text !== facts.current.name && text.length <= maxLength && namesOnly(text, names, facts);
  let text = '';
  for (let n = 0; n < TRIES; n += 1) {
    // Late tries are short ones, for those who allow little.
    text = titled ? title(stranger, random) : sentence(names, n < TRIES / 2, random);
    if (isGood(text)) return text;
  }
  return text.slice(0, maxLength);
}

/** The full names of the candidates whom a text names. */
const namesIn = (text: unknown, { candidates }: Facts): string[] =>
  typeof text === 'string' ? [...new Set(Object.values(candidates))].filter((name) => text.includes(name)) : [];

/** Whether nobody else occurs; names inside of allowed ones don't count. */
function namesOnly(text: string, names: readonly string[], { candidates, others }: Facts): boolean {
  const rest = names.reduce((left, name) => left.replaceAll(name, ''), text);
  return ![...Object.values(candidates), ...Object.values(others)].some((name) => rest.includes(name));
}

/** The ids of the candidates whose names occur in a text. */
export const mentionsIn = (text: string, { candidates }: Facts): string[] =>
  Object.entries(candidates)
    .filter(([, name]) => text.includes(name))
    .map(([id]) => id);

function sentence(names: readonly string[], detailed: boolean, random: Random): string {
  // A function: a name with a dollar sign must not be taken for a pattern of the replacement.
  const gestures = names.map((name) => random.pick(GESTURES).replace('{name}', () => name));
  const what = gestures.length === 0 ? random.pick(EVENTS) : gestures.join('; ');
  const detail = random.pick(DETAILS);
  return detailed && names.length < 2 ? `${what}, ${detail}.` : `${what}.`;
}

function title(stranger: string | undefined, random: Random): string {
  const mark = random.pick(TITLE_MARKS);
  const thing = random.pick(TITLE_THINGS);
  if (stranger !== undefined) return `${stranger}’s ${thing}`;
  const other = random.pick(TITLE_THINGS.filter((one) => one !== thing));
  return random.pick([
    `The ${mark} ${thing}`,
    `${mark} ${thing}`,
    `${thing} and ${other}`,
    `${thing} against ${other}`,
    `The ${thing} Quarrel`,
    `The ${thing} in Dispute`,
  ]);
}
