import { natsProcess, natsUrl, type ManagedProcess } from '@agon/stack';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder, type TestFolder } from './test-folder.ts';
import { TestServer, startOnFreePort } from './test-server.ts';

/** Deletes everything a stopped broker stored, as a lost disk would. */
export function wipeStore(server: ManagedProcess, storeFolder: string): void {
  if (server.isRunning()) throw new Error(`${server.name} runs: stop it before its data are wiped`);
  rmSync(storeFolder, { recursive: true, force: true });
}

/** A broker of a test's own. */
export class TestNats extends TestServer {
  private readonly storeFolder: string;

  constructor(server: ManagedProcess, folder: TestFolder, storeFolder: string) {
    super(server, folder, natsUrl(server.port));
    this.storeFolder = storeFolder;
  }

  /**
   * Deletes everything the broker stored, as a lost disk would.
   * @throws Error while the server runs: stop it first
   */
  wipe(): void {
    wipeStore(this.server, this.storeFolder);
  }

  /**
   * Copies what the broker has stored.
   * @returns puts the copy in place of what is stored then
   * @throws Error while the server runs, also from what it returns
   */
  backUp(): () => void {
    if (this.server.isRunning()) throw new Error(`${this.server.name} runs: stop it before its data are copied`);
    const copy = `${this.storeFolder}.copy`;
    cpSync(this.storeFolder, copy, { recursive: true });
    return () => {
      this.wipe();
      cpSync(copy, this.storeFolder, { recursive: true });
    };
  }
}

/** A NATS server with JetStream, on a port and with data of its own. */
export async function startNats(): Promise<TestNats> {
  const folder = testFolder();
  const storeFolder = join(folder.root, 'jetstream');
  const server = await startOnFreePort((port) =>
    natsProcess({ storeFolder, port, log: folder.log, runFolder: folder.run }),
  );
  return new TestNats(server, folder, storeFolder);
}
