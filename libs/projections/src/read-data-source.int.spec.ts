import { createDatabase, type TestDatabase } from '@agon/testing';
import { Pool } from 'pg';
import { openReadDataSource } from './read-data-source.ts';

describe('the connections for read models', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  }, 60_000);
  afterAll(() => database.drop());

  it('may break as they are opened, and the process lives on', async () => {
    const source = await openReadDataSource(database.url, 'test', 2);
    const master: unknown = Reflect.get(source.driver, 'master');
    if (!(master instanceof Pool)) throw new Error('TypeORM keeps its pool elsewhere');
    const broken = new Error('terminating connection due to unexpected postmaster exit');
    // Before whoever waits for the connection has it: promises come after this.
    master.once('connect', (client) => process.nextTick(() => client.emit('error', broken)));
    const two = [source.query('select pg_sleep(0.1)'), source.query('select pg_sleep(0.1)')];
    await Promise.allSettled(two);
    expect(await source.query('select 1 as one')).toEqual([{ one: 1 }]);
    await source.destroy();
  });
});
