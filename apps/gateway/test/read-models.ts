import { type AnyProjection, replay } from '@agon/projections';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { type History, canonical } from '@agon/testing/laws';

/** One read model of one service. */
export interface ReadModelOf {
  readonly service: string;
  readonly projection: AnyProjection;
}

const APPS = join(import.meta.dirname, '../..');

const isProjection = (value: unknown): value is AnyProjection =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  'version' in value &&
  'handles' in value &&
  'evolve' in value &&
  typeof value.evolve === 'function';

/**
 * Every read model of every service, found where the architecture puts them (a folder per read model): the law holds for
 * all of them, and a new one is under it from its first day.
 */
export async function findReadModels(): Promise<ReadModelOf[]> {
  const files = globSync('*/src/read-models/*/*.projection.ts', { cwd: APPS }).toSorted();
  const found: ReadModelOf[] = [];
  for (const file of files) {
    const module: object = await import(join(APPS, file));
    const projections = Object.values(module).filter(isProjection);
    found.push(...projections.map((projection) => ({ service: file.split('/')[0] ?? '', projection })));
  }
  return found;
}

const nameOf = ({ service, projection: { name, version } }: ReadModelOf): string => `${service}/${name}@${version}`;
const tableOf = ({ service, projection: { name } }: ReadModelOf): string =>
  `agon_read.${service}_${name}`.replaceAll('-', '_');

interface Row {
  readonly partition: number;
  readonly storyId: string;
  readonly key: string;
  readonly position: number;
  readonly doc: unknown;
}

/** Every read model is, row by row, the fold of the log from zero. */
export async function foldedFromLog(pool: Pool, history: History, models: readonly ReadModelOf[]): Promise<string[]> {
  const breaches: string[] = [];
  for (const model of models) {
    const { rows } = await pool.query<Row>(
      `select partition, story_id as "storyId", key, position::float8 as position, doc from ${tableOf(model)}`,
    );
    const stored = new Map(rows.map((row) => [idOf(row), row]));
    for (const [partition, events] of history) {
      for (const { storyId, key, position, doc } of replay(model.projection, events)) {
        const id = idOf({ partition, storyId, key });
        const row = stored.get(id);
        stored.delete(id);
        const isEqual = row?.position === position && canonical(row.doc) === canonical(doc);
        if (!isEqual)
          breaches.push(`${nameOf(model)} ${id} is ${canonical(row)}, its fold ${canonical({ position, doc })}`);
      }
    }
    breaches.push(...[...stored.keys()].map((id) => `${nameOf(model)} ${id} is in no fold`));
  }
  return breaches;
}

const idOf = ({ partition, storyId, key }: Pick<Row, 'partition' | 'storyId' | 'key'>): string =>
  `${partition}/${storyId}/${key}`;
