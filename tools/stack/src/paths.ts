import { resolve } from 'node:path';

/** The checkout this file stands in: `src/` and `dist/` are equally deep, so both find it. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..');

/** The folders of one running stack. All of them stand under one state folder, by default `.agon/` of the checkout. */
export interface StateFolders {
  readonly root: string;
  readonly bin: string;
  readonly data: string;
  readonly logs: string;
  readonly run: string;
}

/** @param root state folder; `.agon/` at the root of the checkout if left out */
export function stateFolders(root = resolve(repositoryRoot, '.agon')): StateFolders {
  return {
    root,
    bin: resolve(root, 'bin'),
    data: resolve(root, 'data'),
    logs: resolve(root, 'logs'),
    run: resolve(root, 'run'),
  };
}
