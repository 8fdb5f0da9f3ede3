import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { repositoryRoot } from '../paths.ts';
import { brokenBoundaries } from './boundaries.ts';
import { lockProblems } from './lock-file.ts';
import { declaredPackages, sourceFiles } from './source-files.ts';

/** Checks of the repository itself, by name. Each gives a line per problem. */
const checks: Readonly<Record<string, () => string[]>> = {
  boundaries: () => brokenBoundaries(sourceFiles(), declaredPackages()),
  lock: () => lockProblems(readFileSync(resolve(repositoryRoot, 'package-lock.json'), 'utf8')),
};

const names = process.argv.slice(2);
for (const name of names.length === 0 ? Object.keys(checks) : names) {
  const check = checks[name];
  const problems = check === undefined ? [`there is no check "${name}"`] : check();
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
