import { freePort, messageOf, type ManagedProcess } from '@agon/stack';
import type { TestFolder } from './test-folder.ts';

/** A process that a test started and can harm. It ends with the test process, also when that crashes. */
export class TestProcess {
  /** What a client connects to. */
  readonly url: string;
  protected readonly server: ManagedProcess;

  constructor(server: ManagedProcess, url: string) {
    this.server = server;
    this.url = url;
  }

  get name(): string {
    return this.server.name;
  }

  get port(): number {
    return this.server.port;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.server.pid;
  }

  /** Starts it again on the same port and data; ready when the promise resolves. */
  start(): Promise<void> {
    return this.server.start();
  }

  /** Ends it in good order. Its data stay. */
  stop(): Promise<void> {
    return this.server.stop();
  }

  restart(): Promise<void> {
    return this.server.restart();
  }

  /** Ends it as a crash would; gone when the promise resolves. */
  kill9(): Promise<void> {
    return this.server.kill9();
  }

  /** Lets it hang: connections stay open, nothing is answered. */
  pause(): void {
    this.server.pause();
  }

  resume(): void {
    this.server.resume();
  }
}

/** A real server of a test's own. Its data are thrown away with {@link TestServer.remove}, or with the test process. */
export class TestServer extends TestProcess {
  private readonly folder: TestFolder;

  constructor(server: ManagedProcess, folder: TestFolder, url: string) {
    super(server, url);
    this.folder = folder;
  }

  /** Ends the server and deletes its data. */
  async remove(): Promise<void> {
    await this.server.kill9();
    this.folder.remove();
  }
}

/** Ports are drawn by chance and may be taken by somebody else before the server listens. */
const attempts = 5;

/**
 * Starts a server on a port of its own.
 * @param make the process for a port, not started yet
 */
export async function startOnFreePort(
  make: (port: number) => ManagedProcess | Promise<ManagedProcess>,
): Promise<ManagedProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const server = await make(await freePort());
    try {
      await server.start();
      return server;
    } catch (error) {
      if (attempt === attempts || !/in use/.test(messageOf(error))) throw error;
    }
  }
}
