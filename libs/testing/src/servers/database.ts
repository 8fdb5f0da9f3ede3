import { identify } from '@agon/stack';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgres } from './postgres.ts';
import { testFolder } from './test-folder.ts';

/** An empty database of a test's own, on a cluster that the tests of one process share. */
export interface TestDatabase {
  readonly url: string;
  /** Deletes the database; whoever is still connected is cut off. */
  drop(): Promise<void>;
}

let cluster: Promise<string> | undefined;

/**
 * The address of this process's cluster. Jest loads modules anew for each spec file, so the address is kept in a folder
 * that carries the identity of the process.
 */
async function sharedCluster(): Promise<string> {
  const started = identify(process.pid)?.started ?? randomBytes(6).toString('hex');
  const root = join(tmpdir(), `agon-test-${process.pid}-${started}`);
  const address = join(root, 'url');
  if (existsSync(address)) return readFileSync(address, 'utf8');
  mkdirSync(root, { recursive: true });
  const { url } = await startPostgres(testFolder(root));
  writeFileSync(address, url);
  return url;
}

async function query(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Makes an empty database: about 0.5 s for the first of a test process, about 20 ms for each further one. */
export async function createDatabase(): Promise<TestDatabase> {
  cluster ??= sharedCluster();
  const admin = await cluster;
  const name = `test_${randomBytes(8).toString('hex')}`;
  await query(admin, `create database ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => query(admin, `drop database if exists ${name} with (force)`) };
}
