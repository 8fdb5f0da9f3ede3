import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { migrateEventStore, type StoredEvent } from '@agon/event-store';
import { defineProjection, openReadDataSource, prepareProjections, ProjectionHost } from '@agon/projections';
import { repositoryRoot } from '@agon/stack';
import { createDatabase } from '@agon/testing';

type Database = Awaited<ReturnType<typeof createDatabase>>;

const service = 'thing-keeper';
let broken = true;
const things = defineProjection({
  name: 'things',
  version: 1,
  handles: ['Seen'],
  key: ({ eventId }) => eventId,
  initial: () => ({ seen: 0 }),
  evolve: ({ seen }) => {
    if (broken) throw new Error('no such thing');
    return { seen: seen + 1 };
  },
});
const seen: StoredEvent = {
  partition: 0,
  position: 1,
  streamId: 'game-p0_a',
  version: 1,
  eventId: 'e1',
  storyId: 'p0_a',
  correlationId: 'c',
  type: 'Seen',
  schemaVersion: 1,
  data: {},
  metadata: { game: 'local', source: 'game', depth: 0 },
  recordedAt: '2026-01-01T00:00:00.000Z',
};
/** A log of one event. */
const log = {
  readSelected: (_partition: number, after: number) => Promise.resolve({ events: after < 1 ? [seen] : [], upTo: 1 }),
  readStory: (_partition: number, _story: string, after: number) => Promise.resolve(after < 1 ? [seen] : []),
  heads: () => Promise.resolve(new Map([[0, 1]])),
};

describe('./agon projections', () => {
  const state = mkdtempSync(join(tmpdir(), 'agon projections '));
  let database: Database;
  beforeAll(async () => {
    database = await createDatabase();
    await migrateEventStore(database.url);
  });
  let host: ProjectionHost | undefined;
  afterAll(async () => {
    await host?.stop();
    await database.drop();
    rmSync(state, { recursive: true, force: true });
  });

  const agon = (...args: string[]): Promise<{ code: number | null; out: string; err: string }> =>
    new Promise((done) => {
      const main = resolve(repositoryRoot, 'tools/cli/src/main.ts');
      const { NODE_OPTIONS: _, ...env } = process.env;
      const run = spawn(
        process.execPath,
        ['--conditions=@agon/source', '--no-warnings', main, 'projections', ...args],
        {
          env: { ...env, DATABASE_URL: database.url, AGON_STATE: state },
        },
      );
      const said = { out: '', err: '' };
      run.stdout.on('data', (text: Buffer) => (said.out += text.toString()));
      run.stderr.on('data', (text: Buffer) => (said.err += text.toString()));
      run.on('close', (code) => done({ code, ...said }));
    });

  it('says what it can do, and in one line what it can’t', async () => {
    expect((await agon()).out).toContain('rebuild SERVICE NAME [--version N] [--wait] [--json]');
    expect(await agon('status')).toEqual({
      code: 1,
      out: '',
      err: 'agon: there are no projections in this database: no service has started on it yet\n',
    });
    expect((await agon('mend')).err).toBe('agon: there is no "projections mend"; there are status, rebuild, retry\n');
    expect((await agon('rebuild', 'gateway')).err).toContain('rebuild needs SERVICE and NAME');
    expect((await agon('rebuild', 'gateway', 'x', '--version', 'new')).err).toBe(
      'agon: "new" is no version: a whole number from 1 on\n',
    );
  });

  it('shows, rebuilds and retries what a service folds', async () => {
    const dataSource = await openReadDataSource(database.url, service);
    const set = { service, projections: [things], partitions: 1 };
    await prepareProjections(dataSource, set);
    host = new ProjectionHost({ ...set, dataSource, log });
    await host.start();
    await host.idle();
    await dataSource.query('insert into agon_log.log_partitions values (0, 1)');

    const status = await agon('status');
    expect(status.code).toBe(1);
    expect(status.out).toMatch(/thing-keeper +things +v1 +1 +live +1 +0 +1 +- +-/);
    expect(status.out).toContain('parked: thing-keeper things p0_a at 1: Seen: no such thing');
    const failed = await agon('retry', service, 'things', '--all');
    expect(failed).toMatchObject({ code: 1, out: expect.stringContaining('parked again: p0_a (Seen: no such thing)') });
    broken = false;
    expect(await agon('retry', service, 'things', 'p0_a')).toEqual({
      code: 0,
      out: 'thing-keeper things: 1 unparked\n',
      err: '',
    });
    expect((await agon('retry', service, 'things', 'p0_a')).err).toBe(
      'agon: no story is parked in things of thing-keeper\n',
    );
    const rebuilt = await agon('rebuild', service, 'things', '--wait', '--json');
    expect(JSON.parse(rebuilt.out)).toMatchObject({ ok: true, version: 1, generation: 2, outcome: 'live' });
    const { ok, projections } = JSON.parse((await agon('status', '--json')).out);
    expect(ok).toBe(true);
    expect(projections).toMatchObject([
      { generation: 1, state: 'retired', lag: null },
      { generation: 2, state: 'live', position: 1, lag: 0, parked: [] },
    ]);
    expect((await agon('rebuild', service, 'stuff')).err).toBe(
      'agon: there is no projection "stuff" of thing-keeper; there are things\n',
    );

    await host.stop();
    await dataSource.destroy();
    expect(await agon('rebuild', service, 'things')).toMatchObject({
      code: 0,
      out: 'asked for; thing-keeper takes it up when it runs\n',
    });
    expect((await agon('rebuild', service, 'things', '--wait')).err).toBe(
      'agon: nobody takes it up: thing-keeper does not run; the request stays until somebody does\n',
    );
  });
});
