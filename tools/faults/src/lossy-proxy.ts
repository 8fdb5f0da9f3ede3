import type { ProcessRow } from '@agon/stack';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** What an append looks like on its way to Postgres: the name of its prepared statement. */
const APPEND = Buffer.from('agon_log_append');

/**
 * A proxy in front of Postgres that loses the reply to an append: the transaction has been committed, and whoever asked
 * for it never hears of that.
 */
export class LossyProxy {
  /** Replies lost so far. */
  lost = 0;
  /** Of so many appends the last one loses its reply; none before it is set. */
  every = Infinity;
  private appends = 0;
  private readonly sockets = new Set<Socket>();

  private target = { host: '', port: 0 };

  private constructor(private readonly server: Server) {
    server.on('connection', (client) => this.carry(client));
  }

  static async open(): Promise<LossyProxy> {
    const server = createServer();
    const proxy = new LossyProxy(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** The processes, with this proxy in front of their Postgres. */
  rowsBehind(rows: readonly ProcessRow[]): ProcessRow[] {
    return rows.map((row) => ({ ...row, environment: (place) => this.before(row.environment(place)) }));
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private before(variables: Record<string, string>): Record<string, string> {
    const { DATABASE_URL } = variables;
    if (DATABASE_URL === undefined) return variables;
    const url = new URL(DATABASE_URL);
    this.target = { host: url.hostname, port: Number(url.port) };
    const address = this.server.address();
    if (typeof address === 'object' && address !== null) url.port = String(address.port);
    return { ...variables, DATABASE_URL: url.href };
  }

  private carry(client: Socket): void {
    const postgres = connect(this.target);
    let loses = false;
    for (const [socket, other] of [
      [client, postgres],
      [postgres, client],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (sent) => {
      if (sent.includes(APPEND)) {
        this.appends += 1;
        loses = this.appends % this.every === 0;
      }
      postgres.write(sent);
    });
    postgres.on('data', (reply) => {
      // Postgres replies when it has committed: an append is a transaction of its own.
      if (!loses) return void client.write(reply);
      this.lost += 1;
      client.destroy();
    });
  }
}
