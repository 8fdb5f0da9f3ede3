import { postgresProcess, postgresUrl, throwAwaySettings, type PostgresOptions } from '@agon/stack';
import { join } from 'node:path';
import { testFolder, type TestFolder } from './test-folder.ts';
import { TestServer, startOnFreePort } from './test-server.ts';

/**
 * A Postgres cluster of a test's own, for tests that kill, pause or fill it; {@link createDatabase} is faster.
 * Nothing is synced to disk, unless the settings say `fsync: 'on'`: it survives kill -9, not a crash of the machine.
 */
export async function startPostgres(
  folder: TestFolder = testFolder(),
  { settings, env = {} }: Pick<PostgresOptions, 'settings' | 'env'> = {},
): Promise<TestServer> {
  const dataFolder = join(folder.root, 'data');
  const server = await startOnFreePort((port) =>
    postgresProcess({
      dataFolder,
      port,
      log: folder.log,
      runFolder: folder.run,
      settings: { ...throwAwaySettings, ...settings },
      env,
    }),
  );
  return new TestServer(server, folder, postgresUrl(server.port));
}
