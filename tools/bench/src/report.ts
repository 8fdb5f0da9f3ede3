import type { BenchResult } from './benchmark.ts';
import type { Machine } from './machine.ts';
import { machineLine } from './machine.ts';

/** One benchmark's run, as it is kept. */
export interface Kept {
  readonly name: string;
  readonly summary: string;
  /** What was typed. */
  readonly command: string;
  /** ISO 8601, the day alone. */
  readonly day: string;
  readonly machine: Machine;
  readonly result: BenchResult;
}

/** What the JSON line calls missed: bounds that do not hold, and what could not be measured. */
export const missedOf = ({ broken, absent }: BenchResult): string[] => [...broken, ...absent];

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** A table in Markdown. */
export function markdownTable([heading = [], ...rows]: readonly (readonly string[])[]): string[] {
  return [row(heading), row(heading.map(() => '---')), ...rows.map(row)];
}

/** A benchmark's part of `benchmarks.md`, markers included. */
export function sectionOf({ name, summary, command, day, machine, result }: Kept): string {
  const missed = missedOf(result);
  return [
    `<!-- ${name} -->`,
    `## ${name}`,
    '',
    `${summary[0]?.toUpperCase() ?? ''}${summary.slice(1)}.`,
    '',
    `\`${command}\`, ${day}: ${machineLine(machine)}.`,
    '',
    ...(result.table.length === 0 ? [] : [...markdownTable(result.table), '']),
    ...(result.notes ?? []).flatMap((note) => [note, '']),
    missed.length === 0 ? 'Every bound holds.' : `Missed:\n\n${missed.map((line) => `- ${line}`).join('\n')}`,
    '',
    `Everything that was measured: [${name}.json](benchmarks/${name}.json).`,
    `<!-- /${name} -->`,
  ].join('\n');
}

/** Puts a section in the place of its predecessor, or at the end. */
export function withSection(page: string, name: string, section: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(open), page.indexOf(close)];
  if (from < 0 || to < from) return `${page.trimEnd()}\n\n${section}\n`;
  return page.slice(0, from) + section + page.slice(to + close.length);
}
