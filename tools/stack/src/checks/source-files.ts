import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectsOf } from '../build/projects.ts';
import { repositoryRoot } from '../paths.ts';

/** A source file of one project. */
export interface SourceFile {
  /** From the root of the checkout: `apps/gateway/src/main.ts`. */
  readonly path: string;
  readonly text: string;
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    return /\.(ts|mts|mjs|js)$/.test(entry.name) ? [path] : [];
  });
}

/** The sources and tests of every project; its configuration is no part of them. */
export function sourceFiles(root = repositoryRoot): SourceFile[] {
  return projectsOf(root)
    .flatMap(({ folder }) => [join(folder, 'src'), join(folder, 'test')])
    .filter((folder) => existsSync(folder))
    .flatMap(filesUnder)
    .map((file) => ({ path: relative(root, file), text: readFileSync(file, 'utf8') }));
}

/** Names of the workspace packages that each project says it needs, by project (`apps/gateway`). */
export function declaredPackages(root = repositoryRoot): Map<string, Set<string>> {
  return new Map(
    projectsOf(root).map(({ path, folder }) => {
      const { dependencies = {} }: { dependencies?: object } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      );
      return [path, new Set(Object.keys(dependencies))];
    }),
  );
}
