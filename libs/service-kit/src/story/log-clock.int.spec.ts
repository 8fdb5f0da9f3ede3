import { createPool } from '@agon/event-store';
import { type TestDatabase, createDatabase } from '@agon/testing';
import { jest } from '@jest/globals';
import type { Pool } from 'pg';
import { LogClock } from './log-clock.ts';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createDatabase();
  pool = createPool(database.url, 'log clock', 1);
}, 60_000);
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('the clock of the database', () => {
  it.each([10, -10])('is right where the own one is %i minutes off', async (minutes) => {
    const right = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => right() + minutes * MINUTE_MS);
    const clock = new LogClock(pool);
    await clock.start();
    clock.stop();
    expect(Math.abs(clock.now() - right())).toBeLessThan(2_000);
  });
});
