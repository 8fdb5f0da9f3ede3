import { connect, type NatsConnection } from '@nats-io/transport-node';
import { NatsConnectionImpl, ProtocolHandler } from '@nats-io/nats-core/internal';

export interface ConnectOptions {
  /** Wait until the broker answers. Without it the connection is returned at once and connects when it can. */
  wait?: boolean;
}

/**
 * Connects to the broker, and reconnects for ever. With the broker away it still returns, unless told to wait: what is
 * published meanwhile is dropped, requests time out, subscriptions start to deliver once it is there.
 *
 * @param url one server, or several separated by commas.
 * @param name shown by the broker for this connection.
 */
export const connectNats = async (
  url: string,
  name: string,
  { wait = false }: ConnectOptions = {},
): Promise<NatsConnection> => {
  const options = {
    servers: url.split(','),
    name,
    maxReconnectAttempts: -1,
    // Between 0.25 and 0.75 s, so that the replicas don't come back in step.
    reconnectTimeWait: 250,
    reconnectJitter: 500,
    reconnectJitterTLS: 500,
    // A broker that hangs is left after 2 to 3 s instead of the default 6 min: of a cluster another one is there.
    pingInterval: 1_000,
    maxPingOut: 2,
    // One that hangs also takes connections and says nothing.
    timeout: 2_000,
    ignoreAuthErrorAbort: true,
    // A stack trace for every request, in case it fails, costs more than the request: each published event is one.
    noAsyncTraces: true,
  };
  if (wait) return connect({ ...options, waitOnFirstConnect: true });
  try {
    return await connect(options);
  } catch {
    return connectLater({ ...options, waitOnFirstConnect: true });
  }
};

/**
 * A connection that is not there yet. The client's own `connect` gives nothing to hold on to before the first
 * connection, so this does the same steps and does not wait for the last; then it says so as a reconnection would.
 */
const connectLater = (options: object): NatsConnection => {
  const connection: unknown = Reflect.construct(NatsConnectionImpl, [options]);
  if (!(connection instanceof NatsConnectionImpl)) throw new TypeError('the NATS client makes no connections');
  const protocol = new ProtocolHandler(connection.options, connection);
  connection.protocol = protocol;
  protocol.dialLoop().then(
    () => protocol.dispatchStatus({ type: 'reconnect', server: connection.getServer() }),
    // Closed before it ever connected.
    () => undefined,
  );
  return connection;
};

/** Whether the broker is there now. */
export const isConnected = (nats: NatsConnection): boolean => {
  if (nats.isClosed()) return false;
  // The public side only shows the server's details, which outlast it until the next attempt to reconnect.
  return nats instanceof NatsConnectionImpl ? nats.protocol.connected : nats.info !== undefined;
};
