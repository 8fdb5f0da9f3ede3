import { readFile } from 'node:fs/promises';
import { createDatabase } from '@agon/testing';
import { catalogueOf } from '../test/catalogue.ts';
import { claimAll, flowRequest, request, stored } from '../test/requests.ts';
import { migrateEventStore } from './migrate.ts';
import { PgEventLog } from './pg-event-log.ts';
import { createPool } from './pool.ts';

it('makes of the first release’s log what it makes anew, while that release goes on', async () => {
  const database = await createDatabase();
  await migrateEventStore(database.url);
  const old = await createDatabase();
  const [pool, oldPool] = [createPool(database.url, 'fresh'), createPool(old.url, 'upgraded')];
  try {
    const release = await readFile(new URL('../test/first-schema.sql', import.meta.url), 'utf8');
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
    await database.drop();
  }
}, 60_000);
