import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { openPgLog, type OpenPgLog } from '../test/open-pg-log.ts';
import { claimAll, request, stored } from '../test/requests.ts';
import { PgEventLog } from './pg-event-log.ts';
import { warmAppends } from './warm-appends.ts';

describe('append_events', () => {
  let pg: OpenPgLog;
  let partitions = 0;
  const freshPartition = (): number => (partitions += 1);
  beforeAll(async () => {
    pg = await openPgLog();
    await claimAll(pg.log);
  }, 300_000);
  afterAll(() => pg.close());

  const inTransaction = async (
    begin: string,
    run: (log: PgEventLog, client: PoolClient) => Promise<void>,
  ): Promise<void> => {
    const client = await pg.pool.connect();
    try {
      await client.query(begin);
      await run(new PgEventLog(client), client);
    } finally {
      await client.query('rollback');
      client.release();
    }
  };

  it.each(['commit', 'rollback'])(
    'makes an append wait for an open one of its partition, and no other, until its %s',
    async (end) => {
      const [partition, other] = [freshPartition(), freshPartition()];
      await stored(pg.log, request({ partition }));
      await inTransaction('begin', async (log, client) => {
        await stored(log, request({ partition }));
        let done = false;
        const waiting = stored(pg.log, request({ partition })).finally(() => (done = true));
        await stored(pg.log, request({ partition: other }));
        await delay(100);
        expect(done).toBe(false);
        expect(await pg.log.readPartition(partition, 0, 10)).toHaveLength(1);
        await client.query(end);
        expect(await waiting).toMatchObject([{ position: end === 'commit' ? 3 : 2 }]);
      });
      const events = await pg.log.readPartition(partition, 0, 10);
      expect(events.map(({ position }) => position)).toEqual(end === 'commit' ? [1, 2, 3] : [1, 2]);
    },
  );

  it('decides on what was committed while it waited for the lock', async () => {
    const partition = freshPartition();
    await inTransaction('begin', async (log, client) => {
      await stored(log, request({ partition }));
      const waiting = pg.log.append(request({ partition, expected: new Map([['game-s1', 'none']]) }));
      await delay(50);
      await client.query('commit');
      expect(await waiting).toEqual({ outcome: 'wrong-version', streamId: 'game-s1', actual: 1 });
    });
  });

  it('refuses to share a transaction, or to run on an old snapshot', async () => {
    const partition = freshPartition();
    await inTransaction('begin', async (log) => {
      await stored(log, request({ partition }));
      await expect(log.append(request({ partition: partition + 1 }))).rejects.toMatchObject({ code: 'AG003' });
    });
    await inTransaction('begin isolation level repeatable read', async (log) => {
      await expect(log.append(request({ partition }))).rejects.toMatchObject({ code: 'AG003' });
    });
    expect(await pg.log.readPartition(partition, 0, 10)).toEqual([]);
  });

  it('is prepared by warming, which stores nothing', async () => {
    await pg.log.claim('warming', ['warming']);
    await warmAppends(pg.pool, 'warming', 'warming', 4);
    expect(pg.pool.totalCount).toBeGreaterThanOrEqual(4);
    expect(await pg.log.readPartition(0, 0, 10)).toEqual([]);
  });
});
