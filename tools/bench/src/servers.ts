import { createPool } from '@agon/event-store';
import { slowDisk, slowDiskMissing, startPostgres, type TestServer } from '@agon/testing';

/**
 * Every commit is on the disk before it is answered, as in an installation: whoever measures Postgres and answers from
 * memory measures nothing. All else is as in an installation too, but for the number of connections.
 */
export const durable: Readonly<Record<string, string>> = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  shared_buffers: '64MB',
  max_connections: '300',
};

/** The settings that decide what a commit is worth, as the server itself names them. */
export interface Durability {
  readonly fsync: string;
  readonly synchronous_commit: string;
  readonly full_page_writes: string;
  readonly wal_sync_method: string;
}

/** A Postgres that syncs. @param syncDelayMs added to each sync of its disk; 0 leaves the disk alone */
export function durablePostgres(syncDelayMs = 0): Promise<TestServer> {
  const env = syncDelayMs === 0 ? {} : slowDisk(syncDelayMs);
  return startPostgres(undefined, { settings: durable, env });
}

export { slowDiskMissing };

/** Runs statements on a connection of their own. */
export async function execute(url: string, ...statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const pool = createPool(url, 'bench', 1);
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await pool.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await pool.end();
  }
}

/** An empty database on the server; its address. */
export async function emptyDatabase(server: Pick<TestServer, 'url'>, name: string): Promise<string> {
  await execute(server.url, `create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

export async function durabilityOf(server: Pick<TestServer, 'url'>): Promise<Durability> {
  const shown = async (name: string): Promise<string> =>
    String((await execute(server.url, `select current_setting('${name}') as value`))[0]?.['value']);
  return {
    fsync: await shown('fsync'),
    synchronous_commit: await shown('synchronous_commit'),
    full_page_writes: await shown('full_page_writes'),
    wal_sync_method: await shown('wal_sync_method'),
  };
}

export const durabilityLine = (durability: Durability): string =>
  Object.entries(durability)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
