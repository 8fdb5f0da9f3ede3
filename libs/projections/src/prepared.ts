import { createHash } from 'node:crypto';
import { Pool, type QueryResultRow } from 'pg';
import type { DataSource } from 'typeorm';

const names = new Map<string, string>();

/** The same text gets the same name in every process and on every connection. */
const nameOf = (sql: string): string => {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(sql).digest('base64url').slice(0, 20);
  names.set(sql, name);
  return name;
};

/** The pool of TypeORM's Postgres driver. */
const poolOf = ({ driver }: DataSource): unknown => ('master' in driver ? driver.master : undefined);

/**
 * Runs a statement that each connection parses and plans only once, which is most of the cost of a small fold. TypeORM does
 * not offer it, so this takes a connection of the pool that TypeORM holds; on any other driver it is a plain query.
 */
export const prepared = async <Row extends QueryResultRow>(
  dataSource: DataSource,
  sql: string,
  values: readonly unknown[],
): Promise<Row[]> => {
  const pool = poolOf(dataSource);
  if (!(pool instanceof Pool)) return dataSource.query<Row[]>(sql, [...values]);
  const { rows } = await pool.query<Row>({ name: nameOf(sql), text: sql, values: [...values] });
  return rows;
};
