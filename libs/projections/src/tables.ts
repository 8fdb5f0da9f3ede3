import { type AnyProjection, assertName } from './projection.ts';

/** Schema of all read models, their checkpoints and parked stories. */
export const SCHEMA = 'agon_read';

/** Postgres cuts longer names off without a word, so that two could become one. */
const MAX_NAME_LENGTH = 63;
/** Room for the suffixes of the longest name that is derived from a table's. */
const SUFFIX = '_position';
const GENERATION = '_g9999';

const snake = (name: string): string => name.replaceAll('-', '_');

/** A projection's table. A version that is built anew gets a fresh table, its next generation; the first is 1. */
export interface TableKey {
  name: string;
  version: number;
  generation?: number | undefined;
}

/**
 * Bare name of a projection's table: `story-feed` of the gateway in version 2 is `gateway_story_feed_v2`, and
 * `gateway_story_feed_v2_g3` when it was built for the third time.
 */
export const tableName = (service: string, { name, version, generation = 1 }: TableKey): string => {
  assertName('service', service);
  const table = `${snake(service)}_${snake(name)}_v${version}`;
  if (table.length + GENERATION.length + SUFFIX.length > MAX_NAME_LENGTH)
    throw new Error(`"${table}" is too long for a table's name: shorten the name of projection ${name}`);
  return generation === 1 ? table : `${table}_g${generation}`;
};

/** The table with its schema, ready for SQL: its parts are checked to hold nothing but a-z, 0-9 and underscores. */
export const qualifiedTable = (service: string, key: TableKey): string => `${SCHEMA}.${tableName(service, key)}`;

/** Bare name of the view that readers use, whatever table is behind it. */
export const viewName = (service: string, name: string): string => {
  assertName('service', service);
  assertName('projection', name);
  if (/-v\d+(-g\d+)?$/.test(name)) throw new Error(`projection "${name}" must not end like the name of a table`);
  return `${snake(service)}_${snake(name)}`;
};

export const qualifiedView = (service: string, name: string): string => `${SCHEMA}.${viewName(service, name)}`;

/** Puts a table behind the view. What reads the view meanwhile waits, and then reads the new table. */
export const showTable = (service: string, key: TableKey): string =>
  `create or replace view ${qualifiedView(service, key.name)} as
   select partition, story_id, key, position, doc from ${qualifiedTable(service, key)}`;

/**
 * `generations`: the tables of each projection, and which of them is behind its view (`live`). `checkpoints`: how far each
 * is folded; one that is retired has none. `operations`: what an operator asks of the service that folds.
 */
export const SHARED_TABLES = `
create schema if not exists ${SCHEMA};
create table if not exists ${SCHEMA}.generations (
  service text collate "C" not null,
  name text collate "C" not null,
  version int not null,
  generation int not null,
  state text not null check (state in ('building', 'live', 'retired')),
  indexed boolean not null,
  started_at timestamptz not null default now(),
  swapped_at timestamptz,
  primary key (service, name, version, generation)
);
create unique index if not exists generations_live on ${SCHEMA}.generations (service, name) where state = 'live';
create unique index if not exists generations_building on ${SCHEMA}.generations (service, name)
  where state = 'building';
create table if not exists ${SCHEMA}.checkpoints (
  service text collate "C" not null,
  name text collate "C" not null,
  version int not null,
  generation int not null,
  partition int not null,
  position bigint not null,
  primary key (service, name, version, generation, partition)
) with (fillfactor = 20);
create table if not exists ${SCHEMA}.parked (
  service text collate "C" not null,
  name text collate "C" not null,
  version int not null,
  generation int not null,
  partition int not null,
  story_id text collate "C" not null,
  position bigint not null,
  error text not null,
  parked_at timestamptz not null default now(),
  retries int not null default 0,
  primary key (service, name, version, generation, partition, story_id)
);
create table if not exists ${SCHEMA}.operations (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('rebuild', 'retry')),
  service text collate "C" not null,
  name text collate "C" not null,
  version int,
  story_id text collate "C",
  generation int,
  requested_at timestamptz not null default now(),
  taken_at timestamptz,
  ended_at timestamptz,
  outcome text
);
create index if not exists operations_open on ${SCHEMA}.operations (service) where ended_at is null;`;

/** Tables that were made before there were generations hold the first of each. */
export const ADD_GENERATIONS = ['checkpoints', 'parked']
  .map(
    (table) => `
alter table ${SCHEMA}.${table} add column generation int not null default 1, drop constraint ${table}_pkey,
  add primary key (service, name, version, generation, partition${table === 'parked' ? ', story_id' : ''});
alter table ${SCHEMA}.${table} alter column generation drop default;`,
  )
  .join('')
  .concat(`alter table ${SCHEMA}.parked add column retries int not null default 0;`);

const key = (table: string): string => `alter table ${SCHEMA}.${table} add primary key (partition, story_id, key);`;

/**
 * Texts sort by bytes ("C"): the same order on every machine. Rows that change leave room in their page for their next
 * state, so that no index has to be touched; rows of a feed never change, and so need no key before they are read.
 */
export const projectionTable = (table: string, { feed = false }: Pick<AnyProjection, 'feed'>): string => `
create table ${SCHEMA}.${table} (
  partition int not null,
  story_id text collate "C" not null,
  key text collate "C" not null,
  position bigint not null,
  doc jsonb not null
) with (fillfactor = ${feed ? 100 : 60});
${feed ? '' : key(table)}`;

/**
 * What reading the table needs, made once it is filled: an index costs less then than row by row. Statistics of the
 * documents would take longer than all else, and no plan asks for them.
 */
export const projectionIndexes = (
  table: string,
  { feed = false, due = false }: Pick<AnyProjection, 'feed' | 'due'>,
): string => `
${feed ? `${key(table)} create index ${table}${SUFFIX} on ${SCHEMA}.${table} (partition, story_id, position);` : ''}
${due ? `create index ${table}_due on ${SCHEMA}.${table} ((doc ->> 'due')) where doc ->> 'due' is not null;` : ''}
analyze ${SCHEMA}.${table} (partition, story_id, key, position);`;
