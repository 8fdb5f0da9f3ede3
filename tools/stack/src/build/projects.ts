import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { repositoryRoot } from '../paths.ts';

/** A project of the workspace. */
export interface Project {
  /** `apps/gateway` */
  readonly path: string;
  readonly folder: string;
}

/** Every folder of `apps`, `libs` and `tools` that has a package.json, as npm's workspaces have it. */
export function projectsOf(root = repositoryRoot): Project[] {
  return ['apps', 'libs', 'tools'].flatMap((kind) => {
    const parent = resolve(root, kind);
    if (!existsSync(parent)) return [];
    return readdirSync(parent)
      .toSorted()
      .filter((name) => existsSync(join(parent, name, 'package.json')))
      .map((name) => ({ path: `${kind}/${name}`, folder: join(parent, name) }));
  });
}
