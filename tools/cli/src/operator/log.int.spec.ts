import { createPool, migrateEventStore, PgEventLog } from '@agon/event-store';
import { stateFolders } from '@agon/stack';
import { createDatabase, type TestDatabase, waitUntil } from '@agon/testing';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './log.ts';

const STORY = 'p3_aaaaaaaaaaaaaaaa';
const OTHER = 'p3_bbbbbbbbbbbbbbbb';
const STREAM = `flow-${STORY}-c1`;

const printed = async (args: readonly string[], signal = new AbortController().signal, lines: string[] = []) => {
  const folders = stateFolders(join(tmpdir(), 'agon-none'));
  const code = await run({ args, folders, signal, say: (line) => lines.push(line) });
  return { code, lines };
};

const positions = (lines: readonly string[]): number[] => lines.map((line) => JSON.parse(line).position);

describe('./agon log', () => {
  const urlBefore = process.env['DATABASE_URL'];
  let database: TestDatabase;
  let log: PgEventLog;
  let end: () => Promise<void>;

  beforeAll(async () => {
    database = await createDatabase();
    process.env['DATABASE_URL'] = database.url;
  }, 60_000);

  afterAll(async () => {
    if (urlBefore === undefined) delete process.env['DATABASE_URL'];
    else process.env['DATABASE_URL'] = urlBefore;
    await end?.();
    await database.drop();
  });

  const append = async (storyId: string, streamId: string, count: number): Promise<void> => {
    for (let first = 0; first < count; first += 100) {
      await log.append({
        partition: 3,
        service: 'writer',
        storyId,
        correlationId: 'cause',
        expected: new Map(),
        events: Array.from({ length: Math.min(100, count - first) }, (_, n) => ({
          streamId,
          eventId: randomUUID(),
          type: 'Noted',
          schemaVersion: 1,
          data: { n: first + n },
          metadata: { game: 'local', source: 'writer', depth: 0 },
        })),
      });
    }
  };

  it('says what to do where there is no log yet', async () => {
    await expect(printed(['partition', '3'])).rejects.toThrow('this database holds no log yet: "./agon up" makes one');
  });

  describe('with events', () => {
    beforeAll(async () => {
      await migrateEventStore(database.url);
      const pool = createPool(database.url, 'test', 2);
      log = new PgEventLog(pool);
      end = () => pool.end();
      await log.claim('writer', ['flow', 'game']);
    });

    it('says of an empty log that it is empty', async () => {
      await expect(printed(['partition', '3'])).rejects.toThrow('the log is empty: no story was created yet');
    });

    it('prints a partition, a story or a stream in the order of the log, over any number of pages', async () => {
      await append(STORY, `game-${STORY}`, 700);
      await append(OTHER, `game-${OTHER}`, 1);
      await append(STORY, STREAM, 600);
      const all = Array.from({ length: 1301 }, (_, n) => n + 1);
      expect(positions((await printed(['partition', '3', '--json'])).lines)).toEqual(all);
      const own = all.filter((position) => position !== 701);
      expect(positions((await printed(['story', STORY, '--json'])).lines)).toEqual(own);
      expect(positions((await printed(['stream', STREAM, '--json'])).lines)).toEqual(all.slice(701));
      expect(positions((await printed(['story', STORY, '--after', '1299', '--json'])).lines)).toEqual([1300, 1301]);
    });

    it('prints a line per event for people: place, time, source, type, stream, data', async () => {
      const { lines } = await printed(['story', OTHER]);
      expect(lines).toEqual([expect.stringMatching(/^3\/701 {5}20\S+Z writer Noted game-p3_b{16}@1 \{"n":0\}$/)]);
    });

    it('goes on with what is appended, until it is interrupted', async () => {
      const lines: string[] = [];
      const ended = new AbortController();
      const following = printed(['stream', STREAM, '--after', '1300', '-f', '--json'], ended.signal, lines);
      await waitUntil('the events there are are printed', () => lines.length === 1);
      await append(OTHER, `game-${OTHER}`, 1);
      await append(STORY, STREAM, 1);
      await waitUntil('the new event is printed', () => lines.length === 2);
      ended.abort();
      expect((await following).code).toBe(0);
      expect(positions(lines)).toEqual([1301, 1303]);
    });

    it.each([
      [[], 'what of the log? say "log partition N", "log story STORY" or "log stream STREAM"'],
      [['tail', 'x'], '"tail" is nothing that the log is read by'],
      [['partition', 'x'], 'a partition is a whole number from 0; "x" is none'],
      [['partition', '7'], 'partition 7 is empty; events are in 3'],
      [['partition', '3', '--after', 'now'], '--after takes a position, a whole number from 0; "now" is none'],
      [['story', 'harbour'], '"harbour" is no story'],
      [['story', 'p3_cccccccccccccccc'], 'the log has no story "p3_cccccccccccccccc"'],
      [['stream', `circle-${STORY}`], `that story has flow-${STORY}-c1, game-${STORY}`],
      [['stream', 'nothing'], '"nothing" is no stream'],
    ])('says what is wrong with %j', async (args, message) => {
      await expect(printed(args)).rejects.toThrow(message);
    });
  });
});
