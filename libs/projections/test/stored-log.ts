import { createPool, type JsonObject, migrateEventStore, PgEventLog } from '@agon/event-store';
import { randomUUID } from 'node:crypto';

export interface StoredLog {
  log: PgEventLog;
  /** Appends one event to the story's stream; gives its position. */
  say(storyId: string, type: string, data: JsonObject): Promise<number>;
  stop(): Promise<void>;
}

/** The log in Postgres, with one category to append to. The partition is the number in the story id. */
export const openLog = async (url: string): Promise<StoredLog> => {
  await migrateEventStore(url);
  const pool = createPool(url, 'test');
  const log = new PgEventLog(pool);
  await log.claim('thing-keeper', ['game']);
  const say = async (storyId: string, type: string, data: JsonObject): Promise<number> => {
    const appended = await log.append({
      partition: Number(storyId.slice(1, storyId.indexOf('_'))),
      service: 'thing-keeper',
      storyId,
      correlationId: randomUUID(),
      expected: new Map(),
      events: [
        {
          streamId: `game-${storyId}`,
          eventId: randomUUID(),
          type,
          schemaVersion: 1,
          data,
          metadata: { game: 'local', source: 'game', depth: 0 },
        },
      ],
    });
    if (appended.outcome !== 'appended') throw new Error(`not appended: ${appended.outcome}`);
    return appended.events[0]?.position ?? 0;
  };
  return { log, say, stop: () => pool.end() };
};
