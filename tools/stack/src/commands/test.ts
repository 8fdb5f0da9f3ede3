import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from '../build/build.ts';
import { projectsOf } from '../build/projects.ts';
import { readCounts, type TestCounts } from '../build/test-results.ts';
import { runTool } from '../build/tool.ts';
import { table } from '../status/table.ts';
import { flagsOf } from './arguments.ts';
import type { Command } from './command.ts';

/** From the root of a project; git and jest ignore the folder. */
const resultsFile = '.cache/jest.json';

/** Two at a time: as many as the smallest machine has cores. */
const parallel = '--parallel=2';

const sum = (counts: readonly TestCounts[], key: keyof TestCounts): number =>
  counts.reduce((total, one) => total + one[key], 0);

const cells = (name: string, { passed, failed, skipped }: TestCounts): string[] =>
  [name, passed, failed, skipped].map(String);

/**
 * Runs every test of every project and prints what each passed. `test-summary` in the logs' folder then says
 * `PASSED FAILED`, for scripts.
 */
export const run: Command = async ({ args, folders, signal, say }) => {
  flagsOf(args, []);
  await build({ folders, signal, say });
  const projects = projectsOf().filter(({ folder }) => existsSync(join(folder, 'jest.config.mjs')));
  for (const { folder } of projects) {
    rmSync(join(folder, resultsFile), { force: true });
    mkdirSync(dirname(join(folder, resultsFile)), { recursive: true });
  }
  // A connection that a test left open must not hold up the suites behind it.
  const jest = ['--json', `--outputFile=${resultsFile}`, '--passWithNoTests', '--forceExit'];
  const code = await runTool('nx', ['run-many', '-t', 'test', parallel, '--output-style=static', '--', ...jest], {
    signal,
  });
  const results = projects.map(({ path, folder }) => ({ path, counts: readCounts(join(folder, resultsFile)) }));
  const counts = results.map((result) => result.counts);
  const total = { passed: sum(counts, 'passed'), failed: sum(counts, 'failed'), skipped: sum(counts, 'skipped') };
  const lines = [
    ['project', 'passed', 'failed', 'skipped'],
    ...results.map((result) => cells(result.path, result.counts)),
    cells('all', total),
  ];
  for (const line of table(lines)) say(line);
  writeFileSync(join(folders.logs, 'test-summary'), `${total.passed} ${total.failed}\n`);
  return code === 0 && total.failed === 0 ? 0 : 1;
};
