import { up, type Member, type UpOptions } from '@agon/stack';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TestNats } from './nats.ts';
import { testFolder } from './test-folder.ts';
import { TestProcess, TestServer } from './test-server.ts';

export interface TestStackOptions {
  /** Processes per service, 1 if left out: `{ 'conflict-flow': 2 }`. */
  readonly replicas?: Readonly<Record<string, number>>;
  /** Variables for every service. Unless they name a model, it is simulated: `process('llm-sim')`. */
  readonly env?: Readonly<Record<string, string>>;
  /** How Postgres is run: settings and variables of its process. */
  readonly postgres?: UpOptions['postgres'];
  /** Called with the folder that data will be in, before anything is there. */
  readonly prepare?: (dataFolder: string) => void;
  /** Another table of processes; the services' own if left out. */
  readonly rows?: UpOptions['rows'];
}

/** Every process of an installation, on ports and with data of its own. */
export interface TestStack {
  /** Where a game calls. */
  readonly gatewayUrl: string;
  readonly postgres: TestServer;
  /** @throws Error when the table of processes has none */
  readonly nats: TestNats;
  /** The services; the second replica of `gateway` is `gateway-2`. */
  readonly processes: readonly TestProcess[];
  /** @throws Error when there is no such service */
  process(name: string): TestProcess;
  /** Ends everything and deletes the data. */
  stop(): Promise<void>;
}

function memberOf(members: readonly Member[], kind: Member['row']['kind']): Member {
  const member = members.find(({ row }) => row.kind === kind);
  if (member === undefined) throw new Error(`the table has no ${kind}`);
  return member;
}

/**
 * Starts Postgres, NATS and the built services as real processes, and waits until all are ready. They end with this
 * process, also when it crashes.
 * @throws StackError that names the process which did not start, and its last log line
 */
export async function startStack(options: TestStackOptions = {}): Promise<TestStack> {
  const { prepare, ...rest } = options;
  const folder = testFolder();
  if (prepare !== undefined) {
    const data = join(folder.root, 'data');
    mkdirSync(data);
    prepare(data);
  }
  const stack = await up({
    ...rest,
    state: folder.root,
    ports: 'free',
    throwAway: true,
    // Jest's own flags are not for the services.
    env: { NODE_OPTIONS: '', ...options.env },
  });
  // The folder is the whole stack's: one server alone must not remove it.
  const shared = { ...folder, remove: () => undefined };
  const database = memberOf(stack.members, 'database');
  const processes = stack.members
    .filter(({ row }) => row.kind === 'service')
    .map((member) => new TestProcess(member.process, member.url));
  return {
    gatewayUrl: stack.gatewayUrl,
    postgres: new TestServer(database.process, shared, database.url),
    get nats() {
      const broker = memberOf(stack.members, 'broker');
      return new TestNats(broker.process, shared, broker.data ?? '');
    },
    processes,
    process: (name) => {
      const found = processes.find((process) => process.name === name);
      if (found !== undefined) return found;
      throw new Error(`there is no service ${name}; there are ${processes.map((process) => process.name).join(', ')}`);
    },
    stop: async () => {
      await stack.stop();
      folder.remove();
    },
  };
}
