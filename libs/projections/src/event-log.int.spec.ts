import { createPool, type JsonObject, migrateEventStore, PgEventLog } from '@agon/event-store';
import { randomUUID } from 'node:crypto';
import { feed } from '../test/examples.ts';
import { startReadModels, type TestReadModels } from '../test/read-models.ts';
import { prepareProjections } from './prepare-projections.ts';
import { ProjectionHost } from './projection-host.ts';
import { readModel } from './read-model.ts';
import { replay } from './replay.ts';

const service = 'thing-keeper';
const storyId = 'p5_0123456789abcdef';

describe('projections of the log in Postgres', () => {
  let store: TestReadModels;

  beforeEach(async () => {
    store = await startReadModels();
  });
  afterEach(() => store.stop());

  it('follow what is appended, and equal a fold of the whole log', async () => {
    await migrateEventStore(store.url);
    const pool = createPool(store.url, 'test');
    const log = new PgEventLog(pool);
    await log.claim(service, ['game']);
    const set = { service, projections: [feed], partitions: 64 };
    await prepareProjections(store.dataSource, set);
    const host = new ProjectionHost({ ...set, dataSource: store.dataSource, log });
    await host.start();

    const say = (data: JsonObject) => ({
      streamId: `game-${storyId}`,
      eventId: randomUUID(),
      type: 'Said',
      schemaVersion: 1,
      data,
      metadata: { game: 'local', source: 'game', depth: 0 },
    });
    for (const text of ['one', 'two', 'three']) {
      const appended = await log.append({
        partition: 5,
        service,
        storyId,
        correlationId: randomUUID(),
        expected: new Map(),
        events: [say({ text }), say({ text: `${text} again` })],
      });
      expect(appended.outcome).toBe('appended');
      host.wake(5);
    }
    expect(await host.waitFor(5, 6, 5000)).toBe(true);
    const stored = await readModel(store.dataSource, service, feed).feed(5, storyId, 0, 100);
    expect(stored).toHaveLength(6);
    const folded = replay(feed, await log.readPartition(5, 0, 100));
    expect(stored).toEqual(folded.map(({ key, position, doc }) => ({ key, position, doc })));
    await host.stop();
    await pool.end();
  });
});
