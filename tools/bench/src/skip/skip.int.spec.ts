import { createDatabase } from '@agon/testing';
import { agonSkips } from './agon-skip.ts';

describe('agonSkips', () => {
  it('finds that a live reader sees every event once, in the order of its stream', async () => {
    const database = await createDatabase();
    const { signal } = new AbortController();
    const verdict = await agonSkips(database.url, { writers: 16, milliseconds: 500, signal });
    expect(verdict).toEqual({ appended: verdict.appended, skipped: 0, duplicated: 0, misordered: 0 });
    expect(verdict.appended).toBeGreaterThan(100);
    await database.drop();
  }, 60_000);
});
