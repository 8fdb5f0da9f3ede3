import { categoriesOf } from '@agon/contracts';
import { createPool, migrateEventStore, PgEventLog, WrongRoleError } from '@agon/event-store';
import { defineProjection, openReadDataSource, prepareProjections } from '@agon/projections';
import { createDatabase, type TestDatabase } from '@agon/testing';
import { randomBytes } from 'node:crypto';
import { databaseVariable, loggedServices, provisionConfig } from './provision-config.ts';
import { parseConfig } from '../config.ts';
import { provision } from './provision.ts';

/** Roles are the whole cluster's. */
const suffix = randomBytes(6).toString('hex');
const projection = defineProjection({
  name: 'things',
  version: 1,
  handles: ['Acted'],
  key: () => 'all',
  initial: () => ({ acts: 0 }),
  evolve: ({ acts }) => ({ acts: acts + 1 }),
});

describe('provision', () => {
  let database: TestDatabase;
  const urlOf = (service: string): string => {
    const url = new URL(database.url);
    url.username = `it's ${service} ${suffix}`;
    return url.href;
  };
  beforeAll(async () => {
    database = await createDatabase();
    const urls = Object.fromEntries(loggedServices.map((service) => [databaseVariable(service), urlOf(service)]));
    for (let turn = 0; turn < 2; turn += 1) await provision({ ...urls, DATABASE_URL: database.url });
  }, 300_000);
  afterAll(() => database.drop());

  it.each(loggedServices)('lets %s start, and speak for nobody else', async (service) => {
    await migrateEventStore(urlOf(service));
    const pool = createPool(urlOf(service), service, 1);
    const dataSource = await openReadDataSource(urlOf(service), service, 1);
    try {
      const log = new PgEventLog(pool);
      await log.claim(service, categoriesOf(service));
      await log.register(service, [0], 'start');
      await prepareProjections(dataSource, { service, projections: [projection], partitions: 2 });
      for (const other of loggedServices.filter((name) => name !== service)) {
        await expect(log.register(other, [0], 'start')).rejects.toThrow(WrongRoleError);
        await expect(
          prepareProjections(dataSource, { service: other, projections: [projection], partitions: 2 }),
        ).rejects.toThrow(/row-level security|belongs to role/);
      }
    } finally {
      await dataSource.destroy();
      await pool.end();
    }
  });

  it('refuses a way into the database that names no role', () => {
    const parsed = parseConfig(provisionConfig, {
      DATABASE_URL: database.url,
      AGON_GATEWAY_DATABASE_URL: 'postgres://127.0.0.1/agon',
    });
    expect(parsed).toMatchObject({ ok: false, problems: [expect.stringContaining('must name a user')] });
  });
});
