import { readFile } from 'node:fs/promises';
import { createDatabase, type TestDatabase } from '@agon/testing';
import type { Pool } from 'pg';
import { catalogueOf } from '../test/catalogue.ts';
import { claimAll, request, stored } from '../test/requests.ts';
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
      const { rows } = await pool.query<{ once: boolean }>(
        'select count(*) > 0 and count(*) = count(distinct name) as once from agon_log.migrations',
      );
      expect(rows).toEqual([{ once: true }]);
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
});

describe('a database of the first version', () => {
  let upgraded: TestDatabase;
  let fresh: TestDatabase;
  let pool: Pool;
  let freshPool: Pool;
  beforeAll(async () => {
    [upgraded, fresh] = [await createDatabase(), await createDatabase()];
    pool = createPool(upgraded.url, 'migrate test');
    freshPool = createPool(fresh.url, 'migrate test');
    await migrateEventStore(fresh.url);
    await pool.query('create schema agon_log');
    await pool.query(await readFile(new URL('../test/first-schema.sql', import.meta.url), 'utf8'));
    await pool.query(`
      create table agon_log.migrations (
        id serial constraint "PK_8c82d7f526340ab734260ea46be" primary key,
        "timestamp" bigint not null, name character varying not null);
      insert into agon_log.migrations ("timestamp", name) values (1763800000000, 'EventLog1763800000000')`);
  }, 300_000);
  afterAll(async () => {
    await pool.end();
    await freshPool.end();
    await upgraded.drop();
    await fresh.drop();
  });

  it('becomes what a new one is, under a process of its version that goes on parking', async () => {
    const old = await pool.connect();
    const park = (position: number, error: string): Promise<unknown> =>
      old.query({
        name: 'park',
        text: 'select agon_log.park_message($1, $2, $3, $4, $5)',
        values: ['conflict-flow', 0, position, 's1', error],
      });
    try {
      const log = new PgEventLog(pool);
      await claimAll(log);
      for (let n = 0; n < 3; n += 1) await stored(log, request());
      await park(1, 'broken');
      await park(2, 'an earlier message of this story is parked');
      await migrateEventStore(upgraded.url);
      await park(3, 'broken, too');
      // That version registers by a statement of its own.
      await old.query(`insert into agon_log.handled values ('social-circle', 0, 0) on conflict do nothing`);
      expect(await log.parked('conflict-flow')).toMatchObject([
        { position: 1, error: 'broken', attempts: 1, redriveRequestedAt: null },
        { position: 2, error: null, attempts: 0, redriveRequestedAt: null },
        { position: 3, error: 'broken, too', attempts: 1, redriveRequestedAt: null },
      ]);
    } finally {
      old.release();
    }
    expect(await catalogueOf(pool)).toEqual(await catalogueOf(freshPool));
  });
});
