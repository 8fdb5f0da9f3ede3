import { type AnyProjection, assertName } from './projection.ts';

/** Schema of all read models, their checkpoints and parked stories. */
export const SCHEMA = 'agon_read';

/** Key of the advisory lock that serialises changes of the schema: "aread" in ASCII. */
export const SCHEMA_LOCK = 0x6172656164;

/** Postgres cuts longer names off without a word, so that two could become one. */
const MAX_NAME_LENGTH = 63;
/** Room for the suffix of the longest name that is derived from a table's. */
const SUFFIX = '_position';

const snake = (name: string): string => name.replaceAll('-', '_');

/** Beginning of the names of all that belongs to a service: `gateway_`. */
export const ownPrefix = (service: string): string => {
  assertName('service', service);
  return `${snake(service)}_`;
};

/** Bare name of a projection's table: `story_feed` of the gateway in version 2 is `gateway_story_feed_v2`. */
export const tableName = (service: string, { name, version }: Pick<AnyProjection, 'name' | 'version'>): string => {
  const table = `${ownPrefix(service)}${snake(name)}_v${version}`;
  if (table.length + SUFFIX.length > MAX_NAME_LENGTH)
    throw new Error(`"${table}" is too long for a table's name: shorten the name of projection ${name}`);
  return table;
};

/** The table with its schema, ready for SQL: its parts are checked to hold nothing but a-z, 0-9 and underscores. */
export const qualifiedTable = (service: string, projection: Pick<AnyProjection, 'name' | 'version'>): string =>
  `${SCHEMA}.${tableName(service, projection)}`;

/** Checkpoints are rewritten all the time, like the heads of the log, whose settings these are. */
const HEAD_ROWS = `autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off`;

/** Asked first: making them needs rights that a service may not have. */
export const SHARED_TABLES_MADE = `select count(*) = 2 as made from pg_class
where oid in (to_regclass('${SCHEMA}.parked'), to_regclass('${SCHEMA}.checkpoints'))
  and (relname = 'parked' or 'vacuum_truncate=off' = any (reloptions))`;

export const SHARED_TABLES = `
create schema if not exists ${SCHEMA};
create table if not exists ${SCHEMA}.checkpoints (
  service text collate "C" not null,
  name text collate "C" not null,
  version int not null,
  partition int not null,
  position bigint not null,
  primary key (service, name, version, partition)
) with (fillfactor = 20);
alter table ${SCHEMA}.checkpoints set (${HEAD_ROWS});
create table if not exists ${SCHEMA}.parked (
  service text collate "C" not null,
  name text collate "C" not null,
  version int not null,
  partition int not null,
  story_id text collate "C" not null,
  position bigint not null,
  error text not null,
  parked_at timestamptz not null default now(),
  primary key (service, name, version, partition, story_id)
);`;

/**
 * Texts sort by bytes ("C"): the same order on every machine. Rows that change leave room in their page for their next
 * state, so that no index has to be touched; rows of a feed never change.
 */
export const projectionTable = (
  table: string,
  { feed = false, due = false }: Pick<AnyProjection, 'feed' | 'due'>,
): string => `
create table ${SCHEMA}.${table} (
  partition int not null,
  story_id text collate "C" not null,
  key text collate "C" not null,
  position bigint not null,
  doc jsonb not null,
  primary key (partition, story_id, key)
) with (fillfactor = ${feed ? 100 : 60});
${feed ? `create index ${table}${SUFFIX} on ${SCHEMA}.${table} (partition, story_id, position);` : ''}
${due ? `create index ${table}_due on ${SCHEMA}.${table} ((doc ->> 'due')) where doc ->> 'due' is not null;` : ''}`;
