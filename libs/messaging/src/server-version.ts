import type { NatsConnection } from '@nats-io/transport-node';

/** Whether the broker that is connected is at least this version; false when none is. */
export const isAtLeast = (nats: NatsConnection, major: number, minor: number): boolean => {
  const [theirMajor = 0, theirMinor = 0] = (nats.info?.version ?? '0.0.0').split('.').map(Number);
  return theirMajor > major || (theirMajor === major && theirMinor >= minor);
};
