/** Text in columns of a terminal. */

const NARROWEST = 60;
const WIDEST = 92;
/** Where the terminal does not tell its width. */
const USUAL = 88;

/** How many columns to fill. */
export const widthOf = (columns: number | undefined): number =>
  Math.min(WIDEST, Math.max(NARROWEST, (columns ?? USUAL) - 1));

/** Breaks a text into lines at its spaces. A word that is longer than a line stands on a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** A label and a text beside it, whose further lines stand under its first. */
export function beside(label: string, text: string, at: number, width: number): string[] {
  return wrap(text, width - at).map((line, n) => (n === 0 ? label.padEnd(at) : ' '.repeat(at)) + line);
}

/** Parts in lines, three spaces apart, none broken. */
export function flowed(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + part.length <= width) lines[lines.length - 1] = `${last}   ${part}`;
    else lines.push(part);
  }
  return lines;
}

/** Left and right end of one line. */
export const justified = (left: string, right: string, width: number): string =>
  left + ' '.repeat(Math.max(1, width - left.length - right.length)) + right;

/** A level as a person reads it: `0.775`, `0.5`, `1`. */
export const level = (value: number): string => String(Math.round(value * 1000) / 1000);
