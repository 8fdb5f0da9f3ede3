import type { AppendOutcome, JsonObject, StoredEvent } from '@agon/event-store';
import { Decisions } from '@agon/messaging';
import { randomUUID } from 'node:crypto';
import { shuffled } from '../random.ts';
import { type OpenLog, openLog } from '../log/open-log.ts';
import { oneEvent, storyIn, streamIn } from '../log/requests.ts';

/** Decides on what the gateway has stored, in streams of its own. */
const SERVICE = 'conflict-flow';
const CATEGORY = 'flow';
/** Messages of one trial, and the replicas that get them. */
const MESSAGES = 12;
const REPLICAS = 2;
/** Times that one message may come, at most. */
const DELIVERIES = 5;

interface Sum {
  readonly total: number;
}

type Added = { readonly type: 'Added'; readonly data: { by: number; total: number } };

/** The fact says what it was decided on, so that one that was decided on another state shows. */
const decider = {
  initialState: (): Sum => ({ total: 0 }),
  evolve: (_state: Sum, { data }: Added): Sum => ({ total: data.total }),
};

const select = ({ type, data: { by, total } }: StoredEvent): Added | undefined =>
  type === 'Added' && typeof by === 'number' && typeof total === 'number' ? { type, data: { by, total } } : undefined;

const sumOf = (storyId: string) => ({ streamId: `${CATEGORY}-${storyId}`, decider, select });

/** Every third message decides nothing, and every fourth two facts. */
const amountsOf = (position: number): number[] =>
  position % 3 === 0 ? [] : position % 4 === 0 ? [position, 1] : [position];

async function decide(decisions: Decisions, message: StoredEvent): Promise<void> {
  await decisions.handle(message, { sum: sumOf(message.storyId) }, ({ sum }) => {
    let { total } = sum;
    const events = amountsOf(message.position).map((by): Added => {
      total += by;
      return { type: 'Added', data: { by, total } };
    });
    return [{ stream: 'sum', events }];
  });
}

/**
 * Each message up to so many times: the next one that nobody has had always in its turn, as a consumer delivers it, and
 * any of those before it at any moment.
 */
function deliveriesOf(messages: readonly StoredEvent[], random: () => number): StoredEvent[] {
  const order: StoredEvent[] = [];
  const repeats = messages.map(() => Math.floor(random() * DELIVERIES));
  for (const [index, message] of messages.entries()) {
    order.push(message);
    const again = messages.slice(0, index + 1).flatMap((earlier, n) => {
      const times = Math.floor(random() * ((repeats[n] ?? 0) + 1));
      repeats[n] = (repeats[n] ?? 0) - times;
      return Array.from({ length: times }, () => earlier);
    });
    order.push(...shuffled(again, random));
  }
  return order;
}

const factsOf = (outcome: AppendOutcome): StoredEvent[] => (outcome.outcome === 'appended' ? outcome.events : []);

async function inputs(open: OpenLog, partition: number, ids: readonly string[]): Promise<StoredEvent[]> {
  const stored: StoredEvent[] = [];
  for (const eventId of ids) {
    stored.push(...factsOf(await open.log.append(oneEvent({ partition, streamId: streamIn(partition), eventId }))));
  }
  return stored;
}

/** What was decided, without the names of the partition. */
async function decidedIn(open: OpenLog, partition: number): Promise<string> {
  const events = await open.log.readStream(partition, sumOf(storyIn(partition)).streamId);
  const facts = events.map(({ position, version, eventId, data }): JsonObject => ({
    position,
    version,
    eventId,
    data,
  }));
  return JSON.stringify({ facts, marks: [...(await open.log.marks(partition))] });
}

/**
 * Decides the same messages in two partitions: in one each comes once, in the other several times, to two replicas. A line
 * per trial whose logs differ.
 */
export async function decideAgain(trials: number, random: () => number): Promise<string[]> {
  const open = await openLog();
  try {
    await open.log.claim(SERVICE, [CATEGORY]);
    const differences: string[] = [];
    for (let trial = 0; trial < trials; trial += 1) {
      differences.push(...(await decideTwice(open, 2 * trial, random)));
    }
    return differences;
  } finally {
    await open.close();
  }
}

async function decideTwice(open: OpenLog, partition: number, random: () => number): Promise<string[]> {
  const ids = Array.from({ length: MESSAGES }, () => randomUUID());
  const one = new Decisions({ service: SERVICE, log: open.log });
  for (const message of await inputs(open, partition, ids)) await decide(one, message);
  const replicas = Array.from({ length: REPLICAS }, () => new Decisions({ service: SERVICE, log: open.log }));
  for (const message of deliveriesOf(await inputs(open, partition + 1, ids), random)) {
    const replica = replicas[Math.floor(random() * REPLICAS)];
    if (replica !== undefined) await decide(replica, message);
  }
  const [wanted, got] = [await decidedIn(open, partition), await decidedIn(open, partition + 1)];
  return wanted === got ? [] : [`delivered once: ${wanted}; again and again: ${got}`];
}
