import { createPool, PgEventLog, isTransient } from './index.ts';
import { type OpenPgLog, openPgLog } from '../test/open-pg-log.ts';
import { claimAll, newEvent, request } from '../test/requests.ts';

/** Connections of one process; fewer than the appends that wait behind the stuck writer. */
const CONNECTIONS = 4;

const streamOf = (n: number): string => `game-s1-crowd${n}`;

let open: OpenPgLog;
beforeAll(async () => {
  open = await openPgLog();
  await claimAll(open.log);
}, 60_000);
afterAll(() => open.close());

it('a writer that hangs holds up its own partition alone, however many wait behind it', async () => {
  const pool = createPool(open.url, 'crowded', CONNECTIONS);
  const log = new PgEventLog(pool);
  await log.append(request({ partition: 1 }));
  const stuck = await open.pool.connect();
  try {
    await stuck.query('begin');
    await stuck.query('select head from agon_log.log_partitions where partition = 1 for update');
    let ended = 0;
    const crowd = Array.from({ length: 3 * CONNECTIONS }, (_, n) =>
      log.append(request({ partition: 1, events: [newEvent({ streamId: streamOf(n) })] })).finally(() => (ended += 1)),
    );
    const begun = performance.now();
    for (let n = 0; n < 10; n += 1) {
      const outcome = await log.append(request({ partition: 2, events: [newEvent({ streamId: streamOf(n) })] }));
      expect(outcome.outcome).toBe('appended');
    }
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(ended).toBe(0);
    await stuck.query('rollback');
    expect((await Promise.all(crowd)).map(({ outcome }) => outcome)).toEqual(crowd.map(() => 'appended'));
    expect((await log.heads()).get(1)).toBe(1 + crowd.length);
  } finally {
    stuck.release(true);
    await pool.end();
  }
});

it('a writer that hangs leaves what was appended at the same time elsewhere alone', async () => {
  const stuck = await open.pool.connect();
  const append = (partition: number): Promise<{ outcome: string }> =>
    open.log.append(request({ partition, events: [newEvent()] }));
  const elsewhere = [11, 12, 13, 14];
  for (const partition of [10, ...elsewhere]) {
    expect(await open.log.append(request({ partition, events: [] }))).toMatchObject({ outcome: 'appended' });
  }
  try {
    await stuck.query('begin');
    await stuck.query('select head from agon_log.log_partitions where partition = 10 for update');
    // The first goes alone, the others wait for it and go together.
    const [, held, ...free] = [append(15), append(10), ...elsewhere.map(append)];
    expect(await Promise.all(free)).toMatchObject(elsewhere.map(() => ({ outcome: 'appended' })));
    expect((await open.log.heads()).get(10)).toBeUndefined();
    await stuck.query('rollback');
    expect(await held).toMatchObject({ outcome: 'appended' });
  } finally {
    stuck.release(true);
  }
});

it('what has waited too long behind it may be tried again', async () => {
  const stuck = await open.pool.connect();
  try {
    await stuck.query('begin');
    await stuck.query('select head from agon_log.log_partitions where partition = 1 for update');
    const crowd = Array.from({ length: 3 }, (_, n) =>
      open.log.append(request({ partition: 1, events: [newEvent({ streamId: `game-s1-late${n}` })] })),
    );
    const failure = await Promise.race(crowd).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: '55P03' });
    expect(isTransient(failure)).toBe(true);
    await stuck.query('rollback');
    expect((await Promise.allSettled(crowd)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ]);
  } finally {
    stuck.release(true);
  }
}, 20_000);
