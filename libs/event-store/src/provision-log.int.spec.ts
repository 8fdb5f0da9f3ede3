import { createDatabase, type TestDatabase } from '@agon/testing';
import { Client, type QueryResultRow } from 'pg';
import { flowRequest, request, stored } from '../test/requests.ts';
import { asRole, freshRole, serviceLogins } from '../test/service-roles.ts';
import { WrongRoleError } from './append-errors.ts';
import { MayNotMigrateError, migrateEventStore } from './migrate.ts';
import { PgEventLog } from './pg-event-log.ts';
import { createPool } from './pool.ts';
import { provisionLog } from './provision-log.ts';

const query = async (url: string, text: string, values: unknown[] = []): Promise<QueryResultRow[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<QueryResultRow>(text, values)).rows;
  } finally {
    await client.end();
  }
};

const withLog = async (url: string, run: (log: PgEventLog) => Promise<void>): Promise<void> => {
  const pool = createPool(url, 'provision test', 1);
  try {
    await run(new PgEventLog(pool));
  } finally {
    await pool.end();
  }
};

describe('provisionLog', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  }, 300_000);
  afterEach(() => database.drop());

  it('may be repeated, and by several at once', async () => {
    const role = freshRole('gateway');
    const roles = [{ service: 'gateway', role, categories: ['game'] }];
    await Promise.all(Array.from({ length: 4 }, () => provisionLog(database.url, roles)));
    expect(await query(database.url, 'select service, role from agon_log.services')).toEqual([
      { service: 'gateway', role },
    ]);
    const [rights] = await query(database.url, 'select * from pg_roles where rolname = $1', [role]);
    expect(rights).toMatchObject({ rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false });
  });

  it('takes a service from its former role', async () => {
    const logins = await serviceLogins(database.url);
    const next = freshRole('next');
    await provisionLog(database.url, [{ service: 'conflict-flow', role: next, categories: ['flow'] }]);
    await expect(logins.flow.log.append(flowRequest())).rejects.toThrow(WrongRoleError);
    await withLog(asRole(database.url, next), async (log) => {
      await stored(log, flowRequest());
    });
    await logins.close();
  });

  it('lets the owner speak for every service, without taking any from its role', async () => {
    const logins = await serviceLogins(database.url);
    await withLog(database.url, async (log) => {
      await log.claim('conflict-flow', ['flow', 'more']);
      await stored(log, flowRequest());
      await stored(log, request());
    });
    await stored(logins.flow.log, flowRequest());
    await logins.close();
  });

  describe('with one login for everything, which is no superuser', () => {
    let owner: string;
    beforeEach(async () => {
      const role = freshRole('managed');
      await query(database.url, `create role ${role} login createrole`);
      await query(database.url, `alter database ${new URL(database.url).pathname.slice(1)} owner to ${role}`);
      owner = asRole(database.url, role);
    });

    it('works as before: it owns the log', async () => {
      await migrateEventStore(owner);
      await withLog(owner, async (log) => {
        await log.claim('gateway', ['game']);
        await log.claim('conflict-flow', ['flow']);
        await stored(log, request());
        await stored(log, flowRequest({ handles: 1 }));
      });
    });

    it('can give each service a role of its own', async () => {
      const role = freshRole('gateway');
      await provisionLog(owner, [{ service: 'gateway', role, categories: ['game'] }]);
      await withLog(asRole(database.url, role), async (log) => {
        await stored(log, request());
        await expect(log.append(flowRequest())).rejects.toThrow(WrongRoleError);
      });
    });
  });

  describe('then a service', () => {
    it('starts without the right to migrate while nothing is pending, and says so when something is', async () => {
      const logins = await serviceLogins(database.url);
      await migrateEventStore(logins.flow.url);
      await query(database.url, `delete from agon_log.migrations where name like 'ServiceRoles%'`);
      await expect(migrateEventStore(logins.flow.url)).rejects.toThrow(MayNotMigrateError);
      await expect(migrateEventStore(logins.flow.url)).rejects.toThrow(`role "${logins.flow.role}" may not change it`);
      await logins.close();
    });

    it('is told when its role was given nothing', async () => {
      await migrateEventStore(database.url);
      const role = freshRole('stranger');
      await query(database.url, `create role ${role} login`);
      await expect(migrateEventStore(asRole(database.url, role))).rejects.toThrow(MayNotMigrateError);
      await withLog(asRole(database.url, role), async (log) => {
        await expect(log.append(request())).rejects.toMatchObject({ code: '42501' });
      });
    });
  });
});
