import { createDatabase, type TestDatabase } from '@agon/testing';
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
});
