import { postgresProcess, postgresUrl, throwAwaySettings } from '@agon/stack';
import { join } from 'node:path';
import { testFolder, type TestFolder } from './test-folder.ts';
import { TestServer, startOnFreePort } from './test-server.ts';

/**
 * A Postgres cluster of a test's own, for tests that kill, pause or fill it; {@link createDatabase} is faster.
 * Nothing is synced to disk: it survives kill -9, not a crash of the machine.
 */
export async function startPostgres(folder: TestFolder = testFolder()): Promise<TestServer> {
  const dataFolder = join(folder.root, 'data');
  const server = await startOnFreePort((port) =>
    postgresProcess({ dataFolder, port, log: folder.log, runFolder: folder.run, settings: throwAwaySettings }),
  );
  return new TestServer(server, folder, postgresUrl(server.port));
}
