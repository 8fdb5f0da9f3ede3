import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ContentPackError } from './content-pack-error.ts';
import { buildContentPack, type ContentPack } from './content-pack.ts';
import { packFileName } from './pack-files.ts';

/** The packs that a process was started with. */
export interface ContentPacks {
  /** Sorted. */
  readonly ids: readonly string[];
  /** By id (`harbour@1`), or by name (`harbour`): then the newest version. */
  find(idOrName: string): ContentPack | undefined;
  /** As find. @throws ContentPackError that lists the packs there are. */
  get(idOrName: string): ContentPack;
}

/** The folder of the packs that come with Agon; the same from `src` and from `dist`. */
export const defaultContentPacks = (): string => fileURLToPath(new URL('../content-packs', import.meta.url));

/**
 * Reads every pack of a folder: `<folder>/<name>/pack.json` and its other files. Several versions of a pack stand side by
 * side as `<name>` and `<name>@<version>`. To be called once, at start; it reads synchronously.
 * @throws ContentPackError, a one-line message, for the first mistake in any of them.
 */
export const loadContentPacks = (folder: string): ContentPacks => {
  const root = basename(resolve(folder));
  const packs = packFolders(folder, root).map((name) => {
    const where = `${root}/${name}`;
    const pack = buildContentPack(where, jsonFilesIn(join(folder, name), where));
    if (name !== pack.name && name !== pack.id)
      throw new ContentPackError(
        `${where}/${packFileName}: name: the folder must be called "${pack.name}" or "${pack.id}", found "${name}"`,
      );
    return { where, pack };
  });
  return collection(packs);
};

const collection = (packs: readonly { where: string; pack: ContentPack }[]): ContentPacks => {
  const byId = new Map<string, ContentPack>();
  for (const { where, pack } of packs) {
    if (byId.has(pack.id))
      throw new ContentPackError(
        `${where}/${packFileName}: version: ${pack.id} is there twice; versions of a pack differ`,
      );
    byId.set(pack.id, pack);
  }
  const newest = new Map(
    [...byId.values()].sort((a, b) => a.version - b.version).map((pack) => [pack.name, pack] as const),
  );
  const ids = [...byId.keys()].sort();
  const find = (idOrName: string): ContentPack | undefined => byId.get(idOrName) ?? newest.get(idOrName);
  return {
    ids,
    find,
    get: (idOrName) => {
      const pack = find(idOrName);
      if (pack === undefined) throw new ContentPackError(`no content pack "${idOrName}"; there are ${ids.join(', ')}`);
      return pack;
    },
  };
};

const packFolders = (folder: string, root: string): string[] => {
  const names = entriesOf(folder, root).filter(
    (name) => !name.startsWith('.') && statSync(join(folder, name)).isDirectory(),
  );
  if (names.length === 0) throw new ContentPackError(`${root}: no content pack in it; expected <name>/${packFileName}`);
  return names.sort();
};

const entriesOf = (folder: string, where: string): string[] => {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new ContentPackError(`${where}: expected a folder of content packs that can be read`, { cause: error });
  }
};

const jsonFilesIn = (folder: string, where: string): Map<string, string> => {
  const names = entriesOf(folder, where).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  return new Map(names.map((name) => [name, readText(join(folder, name), `${where}/${name}`)]));
};

const readText = (path: string, where: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ContentPackError(`${where}: expected a file that can be read`, { cause: error });
  }
};
