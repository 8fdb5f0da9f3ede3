import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createPool, migrateEventStore, PgEventLog, type StoredEvent } from '@agon/event-store';
import { stateFolders } from '@agon/stack';
import { createDatabase, type TestDatabase } from '@agon/testing';
import type { Pool } from 'pg';
import { run } from '../src/operator/parked.ts';

const SERVICE = 'conflict-flow';

const agon = async (...args: string[]): Promise<{ code: number; lines: string[] }> => {
  const lines: string[] = [];
  const { signal } = new AbortController();
  const code = await run({ args, folders: stateFolders(), signal, say: (line) => void lines.push(line) });
  return { code, lines };
};

const json = async (...args: string[]): Promise<{ code: number; answer: unknown }> => {
  const { code, lines } = await agon(...args, '--json');
  expect(lines).toHaveLength(1);
  return { code, answer: JSON.parse(lines[0] ?? '') };
};

describe('./agon parked', () => {
  let database: TestDatabase;
  let pool: Pool;
  let log: PgEventLog;
  const before = process.env['DATABASE_URL'];

  beforeAll(async () => {
    database = await createDatabase();
    process.env['DATABASE_URL'] = database.url;
  }, 300_000);
  afterAll(async () => {
    if (before === undefined) delete process.env['DATABASE_URL'];
    else process.env['DATABASE_URL'] = before;
    await pool.end();
    await database.drop();
  });

  const input = async (storyId: string): Promise<StoredEvent> => {
    const eventId = randomUUID();
    const metadata = { game: 'local', source: 'game', depth: 0 };
    const event = {
      streamId: `game-${storyId}`,
      eventId,
      type: 'SceneSynced',
      schemaVersion: 1,
      data: { n: 7 },
      metadata,
    };
    const request = { partition: 3, service: 'gateway', storyId, correlationId: eventId, expected: new Map() };
    const outcome = await log.append({ ...request, events: [event] });
    const [stored] = outcome.outcome === 'appended' ? outcome.events : [];
    if (stored === undefined) throw new Error(`not stored: ${outcome.outcome}`);
    return stored;
  };
  const park = async (storyId: string, error: string | null): Promise<StoredEvent> => {
    const stored = await input(storyId);
    const { partition, position } = stored;
    await log.park({ service: SERVICE, partition, position, storyId, error, onlyBehind: error === null });
    return stored;
  };
  /** The service: fails the first message that it is asked to redrive, or handles all until nothing is parked. */
  const serve = async (ends: 'handled' | 'failed'): Promise<void> => {
    while ((await log.parkedStories(SERVICE)) > 0) {
      await delay(5);
      for (const story of await log.requestedRedrives(SERVICE)) {
        const position = (await log.firstParked(SERVICE, story))?.position ?? 0;
        if (ends === 'failed') return void (await log.park({ ...story, service: SERVICE, position, error: 'again' }));
        const nothing = { correlationId: 'c', expected: new Map(), events: [] };
        await log.append({ ...story, ...nothing, service: SERVICE, handles: position });
      }
    }
  };

  it('says what to do about a database that is not ready', async () => {
    await expect(agon('list')).rejects.toThrow('older version: start the services once');
    await migrateEventStore(database.url);
    pool = createPool(database.url, 'parked test');
    log = new PgEventLog(pool);
    await log.claim('gateway', ['game']);
    await log.claim(SERVICE, ['flow']);
    expect(await agon('list')).toEqual({ code: 0, lines: ['no message is parked'] });
    expect(await agon('redrive', '--all')).toEqual({ code: 0, lines: ['no message is parked'] });
  });

  it.each([
    [['sort'], 'there is no "parked sort"; there are list, show, redrive and help'],
    [['show', SERVICE], '"parked show" takes a service and a story; "./agon parked list" shows them'],
    [['redrive'], '"parked redrive" takes a service and a story, or --all; "./agon parked list" shows them'],
    [['redrive', '--all', SERVICE], '--all takes no service and no story'],
    [['redrive', '--all', '--wait', 'long'], '--wait takes seconds from 0 to 86400, not "long"'],
    [['show', SERVICE, 's1'], 'no story is parked for conflict-flow'],
    [['show', 'nobody', 's1'], 'there is no service "nobody"; there are conflict-flow, gateway'],
  ])('refuses %j in one line that says what there is', async (args, message) => {
    await expect(agon(...args)).rejects.toThrow(message);
  });

  it('shows what is parked, why, and what waits behind it', async () => {
    const first = await park('s1', 'the pack\nis missing');
    const second = await park('s1', null);
    const { code, lines } = await agon('list');
    expect(code).toBe(0);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^conflict-flow +s1 +1 +SceneSynced +the pack is missing +\d{4}-\S+Z +1 +1 +-$/);
    const { answer } = await json('list');
    expect(answer).toMatchObject({
      ok: true,
      stories: [{ service: SERVICE, storyId: 's1', position: 1, behind: 1, attempts: 1, redriveRequested: false }],
    });
    await expect(agon('show', SERVICE, 's9')).rejects.toThrow(
      'story "s9" is not parked for conflict-flow; parked are s1',
    );
    const shown = (await agon('show', SERVICE, 's1')).lines.join('\n');
    for (const text of [first.correlationId, second.correlationId, '{"n":7}', 'waits behind 1', 'given up once']) {
      expect(shown).toContain(text);
    }
    expect((await json('show', SERVICE, 's1')).answer).toMatchObject({
      messages: [
        { position: 1, error: 'the pack\nis missing', event: { eventId: first.eventId } },
        { position: 2, error: null, event: { eventId: second.eventId } },
      ],
    });
  });

  it('says who does not take a request up, and leaves the request', async () => {
    expect(await json('redrive', SERVICE, 's1', '--wait', '0.3')).toMatchObject({
      code: 1,
      answer: { ok: false, stories: [{ outcome: 'waiting', reason: expect.stringContaining('does not run') }] },
    });
    const service = createPool(database.url, SERVICE);
    await service.query('select 1');
    const { lines } = await agon('redrive', SERVICE, 's1', '--wait', '0.3');
    await service.end();
    expect(lines).toEqual([expect.stringMatching(/still waits: conflict-flow is at it/)]);
    expect(await log.requestedRedrives(SERVICE)).toEqual([{ partition: 3, storyId: 's1' }]);
  });

  it('tells of a redrive that fails again, and of one that succeeds', async () => {
    // What the last test has left behind.
    await serve('failed');
    const failing = serve('failed');
    const { code, lines } = await agon('redrive', SERVICE, 's1');
    await failing;
    expect({ code, lines }).toEqual({ code: 1, lines: ['conflict-flow  s1  failed again: again'] });
    await park('s2', 'broken');
    expect(await agon('redrive', SERVICE, 's2', '--wait', '0')).toMatchObject({ code: 0 });
    const serving = serve('handled');
    expect(await json('redrive', '--all')).toMatchObject({
      code: 0,
      answer: {
        ok: true,
        stories: [
          { storyId: 's1', outcome: 'handled', messages: 2 },
          { storyId: 's2', outcome: 'handled' },
        ],
      },
    });
    await serving;
    expect(await json('list')).toEqual({ code: 0, answer: { ok: true, stories: [] } });
  });
});
