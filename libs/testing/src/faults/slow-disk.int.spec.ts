import { Client } from 'pg';
import { startPostgres } from '../servers/postgres.ts';
import type { TestServer } from '../servers/test-server.ts';
import { testFolder } from '../servers/test-folder.ts';
import { slowDisk, slowDiskMissing } from './slow-disk.ts';

/** The shortest of a few commits, in milliseconds: what the disk alone takes. */
async function commitTime(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('create table written (n int)');
  const times: number[] = [];
  for (let n = 0; n < 10; n += 1) {
    const started = performance.now();
    await client.query('insert into written values (1)');
    times.push(performance.now() - started);
  }
  await client.end();
  return Math.min(...times);
}

const onLinux = slowDiskMissing() === undefined ? describe : describe.skip;

onLinux('slowDisk', () => {
  let server: TestServer | undefined;
  afterEach(() => server?.remove());

  it('makes each commit of a Postgres wait for its disk', async () => {
    server = await startPostgres(testFolder(), { settings: { fsync: 'on' }, env: slowDisk(30) });
    expect(await commitTime(server.url)).toBeGreaterThan(30);
  }, 60_000);

  it('slows nothing down by 0 ms', async () => {
    server = await startPostgres(testFolder(), { settings: { fsync: 'on' }, env: slowDisk(0) });
    expect(await commitTime(server.url)).toBeLessThan(25);
  }, 60_000);
});
