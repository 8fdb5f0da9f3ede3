import type { StateFolders } from '../paths.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import type { ProcessRow } from '../topology.ts';

/** One process of a running stack. */
export interface Member {
  /** `gateway`, its second replica `gateway-2`. */
  readonly name: string;
  readonly row: ProcessRow;
  /** What a client connects to. */
  readonly url: string;
  readonly process: ManagedProcess;
  /** Servers with data: where they are. */
  readonly data?: string;
}

async function endAll(members: readonly Member[]): Promise<void> {
  await Promise.all(members.map(({ process }) => process.stop()));
}

/** Everything that was started together. */
export class Stack {
  readonly folders: StateFolders;
  /** Connection strings and addresses by row name, those of servers that somebody else runs included. */
  readonly urls: ReadonlyMap<string, string>;
  /** In the order in which they were started. */
  readonly members: Member[] = [];
  private readonly dismiss: () => void;

  constructor(folders: StateFolders, urls: ReadonlyMap<string, string>, dismiss: () => void) {
    this.folders = folders;
    this.urls = urls;
    this.dismiss = dismiss;
  }

  /** Where a game calls. */
  get gatewayUrl(): string {
    return this.members.find(({ row }) => row.name === 'gateway')?.url ?? this.urls.get('gateway') ?? '';
  }

  /** Lets everything outlive this process. */
  release(): void {
    this.dismiss();
  }

  /** Ends everything: the services first, so that they can finish what they do, then broker and database. */
  async stop(): Promise<void> {
    const services = this.members.filter(({ row }) => row.kind === 'service');
    await endAll(services);
    await endAll(this.members.filter((member) => !services.includes(member)));
    this.dismiss();
  }
}
