import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { createPool, PgEventLog, provisionLog } from '../src/index.ts';
import { owners } from './requests.ts';

/** A connection of one service, under its own role. */
export interface ServiceLogin {
  readonly role: string;
  readonly url: string;
  readonly pool: Pool;
  readonly log: PgEventLog;
}

export interface ServiceLogins {
  readonly gateway: ServiceLogin;
  readonly flow: ServiceLogin;
  close(): Promise<void>;
}

/** Roles are the whole cluster's: each test needs names of its own. */
export const freshRole = (name: string): string => `${name}_${randomBytes(6).toString('hex')}`;

export const asRole = (url: string, role: string): string => {
  const own = new URL(url);
  own.username = role;
  return own.href;
};

/** Provisions a log for the gateway and conflict-flow, and connects as each. */
export const serviceLogins = async (url: string): Promise<ServiceLogins> => {
  const login = (role: string): ServiceLogin => {
    const pool = createPool(asRole(url, role), role, 2);
    return { role, url: asRole(url, role), pool, log: new PgEventLog(pool) };
  };
  const [gateway, flow] = [freshRole('gateway'), freshRole('conflict_flow')];
  await provisionLog(url, [
    { service: 'gateway', role: gateway, categories: owners.gateway },
    { service: 'conflict-flow', role: flow, categories: owners['conflict-flow'] },
  ]);
  const logins = { gateway: login(gateway), flow: login(flow) };
  return {
    ...logins,
    close: async () => {
      await Promise.all([logins.gateway.pool.end(), logins.flow.pool.end()]);
    },
  };
};
