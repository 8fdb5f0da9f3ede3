import { createDatabase, type TestDatabase } from '@agon/testing';
import { readFile } from 'node:fs/promises';
import { catalogueOf } from '../test/catalogue.ts';
import { claimAll, flowRequest, request, stored } from '../test/requests.ts';
import { migrateEventStore } from './migrate.ts';
import { PgEventLog } from './pg-event-log.ts';
import { createPool } from './pool.ts';

describe('migrateEventStore', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  }, 300_000);
  afterAll(() => database.drop());

  it('runs every migration once, however many processes start at once, and keeps what is stored', async () => {
    await Promise.all(Array.from({ length: 8 }, () => migrateEventStore(database.url)));
    const pool = createPool(database.url, 'migrate test');
    try {
      const log = new PgEventLog(pool);
      await claimAll(log);
      const events = await stored(log, request());
      await migrateEventStore(database.url);
      expect(await log.readPartition(0, 0, 10)).toEqual(events);
      const { rows } = await pool.query<{ migrations: number; distinct: number }>(
        'select count(*) as migrations, count(distinct name) as distinct from agon_log.migrations',
      );
      expect(rows).toEqual([{ migrations: 2, distinct: 2 }]);
    } finally {
      await pool.end();
    }
  }, 60_000);

  it('leaves no lock behind when it fails', async () => {
    const url = new URL(database.url);
    url.pathname = '/there_is_no_such_database';
    await expect(migrateEventStore(url.href)).rejects.toThrow(/does not exist/);
    await migrateEventStore(database.url);
  });

  it('makes of the first release’s log what it makes anew, while that release goes on', async () => {
    await migrateEventStore(database.url);
    const old = await createDatabase();
    const [pool, oldPool] = [createPool(database.url, 'fresh'), createPool(old.url, 'upgraded')];
    try {
      const release = await readFile(new URL('../test/fixtures/first-release.sql', import.meta.url), 'utf8');
      await oldPool.query(`
        create schema agon_log;
        ${release}
        create table agon_log.migrations (
          id serial, timestamp bigint not null, name varchar not null, constraint "PK_8c82d7f526340ab734260ea46be" primary key (id)
        );
        insert into agon_log.migrations (timestamp, name) values (1763800000000, 'EventLog1763800000000')`);
      const log = new PgEventLog(oldPool);
      await claimAll(log);
      const events = await stored(log, request());
      await migrateEventStore(old.url);
      expect(await catalogueOf(oldPool)).toEqual(await catalogueOf(pool));
      expect(await log.readPartition(0, 0, 10)).toEqual(events);
      await stored(log, flowRequest({ handles: 1 }));
      // The first release registers by a statement of its own.
      await oldPool.query(`insert into agon_log.handled values ('social-circle', 0, 0) on conflict do nothing`);
    } finally {
      await Promise.all([pool.end(), oldPool.end()]);
      await old.drop();
    }
  }, 60_000);
});
