import { categoriesOf, streamId } from '@agon/contracts';
import { PgEventLog, StoryPublisher, createPool, publishing } from '@agon/event-store';
import { connectNats } from '@agon/messaging';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { appended } from '../append/agon.ts';
import { factOf } from '../append/workload.ts';
import { storyOf } from '../stories.ts';
import { type AppendOrder, type Moment, type Moments, TYPE, now, partitions } from './protocol.ts';

// One service as far as appending goes: each event is published right after its commit. Ends when its parent goes.
const [postgres = '', broker = ''] = process.argv.slice(2);
const SERVICE = 'gateway';
const FACT = factOf(TYPE, 'game');
const stored = new PgEventLog(createPool(postgres, SERVICE));
await stored.claim(SERVICE, categoriesOf(SERVICE));
const nats = await connectNats(broker, SERVICE, { wait: true });
const publisher = new StoryPublisher({ log: stored, nats, partitions });
const moments: Moment[] = [];
const log = publishing(stored, {
  publish: (events) => {
    const at = now();
    for (const { eventId } of events) moments.push({ eventId, at });
    publisher.publish(events);
  },
  notice: (partition, position) => publisher.notice(partition, position),
});
publisher.start();

async function appendOne(label: string): Promise<void> {
  const { storyId, partition } = storyOf(label);
  await appended(log, {
    partition,
    service: SERVICE,
    storyId,
    correlationId: storyId,
    expected: new Map(),
    events: [{ streamId: streamId('game', storyId), eventId: randomUUID(), schemaVersion: 1, ...FACT }],
  });
}

/** Appends at a rate, whether or not earlier appends are done, as players do. */
async function appendAll({ rate, milliseconds, round }: AppendOrder): Promise<void> {
  const total = Math.round((rate * milliseconds) / 1000);
  const began = performance.now();
  const appends: Promise<void>[] = [];
  while (appends.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - began) * rate) / 1000) + 1);
    while (appends.length < due) appends.push(appendOne(`${round}e${appends.length}`));
    await delay(1);
  }
  await Promise.all(appends);
}

const answer = (message: Moments): void => {
  process.send?.(message);
};

async function carryOut(order: AppendOrder): Promise<void> {
  moments.length = 0;
  try {
    await appendAll(order);
    answer({ moments });
  } catch (error) {
    answer({ moments: [], failed: String(error) });
  }
}

process.on('message', (order: AppendOrder) => void carryOut(order));
process.on('disconnect', () => process.exit(0));
answer({ moments: [] });
