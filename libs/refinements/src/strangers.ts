import type { NamedNpc } from '@agon/contracts';

/** Shorter words of a name ("The", "von") are ordinary words as well. */
const SHORTEST_TELLING_PART = 4;

/** Those of the others whom the text names, by the whole name or by a part of it that nobody else bears. */
export function strangersIn(text: string, candidates: readonly NamedNpc[], others: readonly NamedNpc[]): NamedNpc[] {
  const known = new Set(candidates.flatMap(({ name }) => partsOf(name)));
  return others.filter(({ name }) => {
    const parts = partsOf(name).filter((part) => part.length >= SHORTEST_TELLING_PART && !known.has(part));
    return [name, ...parts].some((part) => isWordIn(text, part) && !candidates.some((who) => who.name === part));
  });
}

const partsOf = (name: string): string[] => name.split(/\s+/).filter((part) => /^\p{Lu}/u.test(part));

const isWordIn = (text: string, word: string): boolean => {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!isLetter(text.charAt(at - 1)) && !isLetter(text.charAt(at + word.length))) return true;
  }
  return false;
};

const isLetter = (character: string): boolean => /^[\p{L}\p{N}]$/u.test(character);
