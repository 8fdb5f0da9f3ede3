import { PgEventLog, createPool } from '@agon/event-store';
import { jetstream } from '@nats-io/jetstream';
import { connect, TimeoutError } from '@nats-io/transport-node';
import type { Installation } from '../installation.ts';
import { oneEvent, storyIn, streamIn } from '../log/requests.ts';

const TEXTS = ['not JSON', '{}', 'null', '{"partition":0,"position":1}', ''];

/** Puts what is no event where the next events of a partition belong, as an intruder could. */
export async function publishGarbage({ natsUrl }: Installation, partition: number): Promise<void> {
  const nats = await connect({ servers: natsUrl });
  try {
    for (const text of TEXTS) {
      await jetstream(nats).publish(`story.${partition}.local.game.SceneSynced`, text).catch(passOverSilence);
    }
  } finally {
    await nats.close();
  }
}

/** Nobody answers while the stream is made anew, because of the text before. */
const passOverSilence = (error: unknown): void => {
  if (!(error instanceof TimeoutError)) throw error;
};

/** Stores an event of a type that only some later version knows, in a story of its own. */
export async function appendUnknown({ stack }: Installation, partition: number): Promise<void> {
  const pool = createPool(stack.postgres.url, 'faults', 1);
  try {
    const streamId = streamIn(partition);
    const { outcome } = await new PgEventLog(pool).append(
      oneEvent({ partition, streamId, type: 'MoonRose', data: { over: storyIn(partition) } }),
    );
    if (outcome !== 'appended') throw new Error(`the unknown event was not stored: ${outcome}`);
  } finally {
    await pool.end();
  }
}
