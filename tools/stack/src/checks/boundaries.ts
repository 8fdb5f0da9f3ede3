import { dirname, posix } from 'node:path';
import { importsOf, type Import } from './imports.ts';
import type { SourceFile } from './source-files.ts';

/** What one file of a project imports, with what the rules look at. */
interface Use {
  readonly file: string;
  /** `apps/gateway` */
  readonly project: string;
  readonly isTest: boolean;
  /** Whether the file holds an aggregate's decisions. */
  readonly isAggregate: boolean;
  readonly used: Import;
  /** Name of the package, without the path inside it; undefined for a file. */
  readonly module: string | undefined;
  /** The project that a relative import leads to. */
  readonly reaches: string | undefined;
}

interface Rule {
  readonly says: string;
  readonly isBroken: (use: Use, workspace: Workspace) => boolean;
}

interface Workspace {
  /** Package names of the apps. */
  readonly apps: ReadonlySet<string>;
  /** Packages that each project says it needs. */
  readonly declared: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Libraries that know nothing of the framework. */
const frameworkFree = ['libs/event-store', 'libs/narrative', 'libs/contracts', 'libs/refinements'];
/** Projects that talk to Postgres. Everyone else goes through them; tests look for themselves. */
const databaseUsers = ['libs/event-store', 'libs/projections', 'libs/testing'];
const modelLibraries = ['openai', 'opossum'];
const aggregateMayImport = ['@agon/contracts', '@agon/narrative'];

/** Architecture section 10. */
const rules: readonly Rule[] = [
  {
    says: 'an import stays inside its project; other projects are imported by package name',
    isBroken: ({ reaches, project }) => reaches !== undefined && reaches !== project,
  },
  {
    says: 'nobody imports an app',
    isBroken: ({ module = '', project }, { apps }) => apps.has(module) && module !== packageOf(project),
  },
  {
    // The order of builds and the caches follow what package.json says.
    says: 'package.json names the projects that are imported, under dependencies',
    isBroken: ({ module = '', project, isTest }, { declared }) =>
      module.startsWith('@agon/') &&
      !isTest &&
      module !== packageOf(project) &&
      declared.get(project)?.has(module) !== true,
  },
  {
    says: 'only apps/llm-gateway imports openai and opossum',
    isBroken: ({ module = '', project }) => modelLibraries.includes(module) && project !== 'apps/llm-gateway',
  },
  {
    says: `${frameworkFree.join(', ')} do not import @nestjs`,
    isBroken: ({ module = '', project }) => module.startsWith('@nestjs/') && frameworkFree.includes(project),
  },
  {
    says: `only ${databaseUsers.join(', ')} import pg`,
    isBroken: ({ module, project, isTest, used }) =>
      module === 'pg' && !isTest && !used.typeOnly && !databaseUsers.includes(project),
  },
  {
    says: 'an aggregate imports types of @agon/event-store, @agon/contracts, @agon/narrative and its own files, no more',
    isBroken: ({ isAggregate, module, used }) =>
      isAggregate &&
      module !== undefined &&
      !aggregateMayImport.includes(module) &&
      !(module === '@agon/event-store' && used.typeOnly),
  },
];

const packageOf = (project: string): string => `@agon/${project.split('/')[1] ?? ''}`;
const projectOf = (path: string): string => path.split('/').slice(0, 2).join('/');

/** `apps/<app>/src/<aggregate>/<aggregate>.ts` with a `decider`, and the one that all owners of refinements share. */
function isAggregate({ path, text }: SourceFile): boolean {
  const isPlace = /^apps\/[^/]+\/src\/([^/]+)\/\1\.ts$|^libs\/refinements\/src\/refinements\.ts$/.test(path);
  return isPlace && /^export const decider\b/m.test(text);
}

function usesOf(file: SourceFile): Use[] {
  const { path, text } = file;
  const project = projectOf(path);
  const common = {
    file: path,
    project,
    isTest: path.endsWith('.spec.ts') || path.startsWith(`${project}/test/`),
    isAggregate: isAggregate(file),
  };
  return importsOf(text).map((used) => {
    const isFile = used.from.startsWith('.');
    const [scope = '', name = ''] = used.from.split('/');
    return {
      ...common,
      used,
      module: isFile ? undefined : scope.startsWith('@') ? `${scope}/${name}` : scope,
      reaches: isFile ? projectOf(posix.join(dirname(path), used.from)) : undefined,
    };
  });
}

/**
 * Looks at every import of every project.
 * @param declared packages that each project says it needs, by project
 * @returns a line per broken rule: file, import, and what the rule says
 */
export function brokenBoundaries(
  files: readonly SourceFile[],
  declared: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const projects = [...declared.keys()];
  const apps = new Set(projects.filter((project) => project.startsWith('apps/')).map(packageOf));
  const broken = (use: Use): string[] =>
    rules
      .filter((rule) => rule.isBroken(use, { apps, declared }))
      .map((rule) => `${use.file} imports "${use.used.from}": ${rule.says}`);
  return files.flatMap(usesOf).flatMap(broken);
}
