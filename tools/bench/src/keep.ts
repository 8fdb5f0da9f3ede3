import { repositoryRoot } from '@agon/stack';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { sectionOf, withSection, type Kept } from './report.ts';

const folder = join(repositoryRoot, 'docs/reference');

const opening = `# Benchmarks

Measured by \`npm run bench\`; each part says with which command, and is replaced when the command runs with \`--keep\`.
Contenders take turns in short rounds on the same machine; a figure is the median of its rounds, with the smallest and the
largest. Ratios compare contenders of the same run; absolute numbers belong to the machine that they were measured on.
`;

async function writeFormatted(file: string, text: string): Promise<void> {
  const options = await resolveConfig(file);
  writeFileSync(file, await format(text, { ...options, filepath: file }));
}

/** Writes a run to `docs/reference/benchmarks/<name>.json`, and its table into `docs/reference/benchmarks.md`. */
export async function keep(kept: Kept): Promise<void> {
  const { name, command, day, machine, result } = kept;
  const { figures, details } = result;
  mkdirSync(join(folder, 'benchmarks'), { recursive: true });
  await writeFormatted(
    join(folder, 'benchmarks', `${name}.json`),
    JSON.stringify({ command, day, machine, figures, broken: result.broken, absent: result.absent, details }),
  );
  const page = join(folder, 'benchmarks.md');
  const text = existsSync(page) ? readFileSync(page, 'utf8') : opening;
  await writeFormatted(page, withSection(text, name, sectionOf(kept)));
}
