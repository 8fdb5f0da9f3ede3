import {
  CATEGORY_OWNERS,
  type EventType,
  categoriesOf,
  consumes,
  eventsByCategory,
  examples,
  streamId,
  schemaVersionOf,
} from '@agon/contracts';
import { MemoryEventLog, type StoredEvent } from '@agon/event-store';
import type { Decisions } from '@agon/messaging';
import { v4 as uuidv4 } from 'uuid';

/** Enough for the engine to compile what is called for every message. */
const ROUNDS = 20;

/**
 * Plays every message that the service consumes, in stories of their own on a log in memory, before the first player
 * comes: nobody should wait for schemas and handlers to be compiled.
 */
export async function rehearse(
  service: keyof typeof consumes,
  contentPack: string,
  decisions: Decisions,
  handle: (stored: StoredEvent) => Promise<unknown>,
): Promise<void> {
  const log = new MemoryEventLog();
  for (const owner of new Set(Object.values(CATEGORY_OWNERS))) await log.claim(owner, categoriesOf(owner));
  await decisions.rehearse(log, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const type of consumes[service]) await handle(await append(log, type, `p0_rehearsal${round}`, contentPack));
    }
  });
}

async function append(
  log: MemoryEventLog,
  type: EventType,
  storyId: string,
  contentPack: string,
): Promise<StoredEvent> {
  const category = categoryOf(type);
  const owner = CATEGORY_OWNERS[category];
  const source = category === 'game' ? 'game' : owner;
  const metadata = { game: 'local', source, depth: 0, inputSequence: 1, seed: 'rehearsal', contentPack };
  const eventId = uuidv4();
  const outcome = await log.append({
    partition: 0,
    service: owner,
    storyId,
    correlationId: eventId,
    expected: new Map(),
    events: [
      {
        streamId: streamId(category, storyId),
        eventId,
        type,
        schemaVersion: schemaVersionOf(type),
        data: examples[type],
        metadata,
      },
    ],
  });
  const [stored] = outcome.outcome === 'appended' ? outcome.events : [];
  if (stored === undefined) throw new Error(`${type} can't be rehearsed: ${outcome.outcome}`);
  return stored;
}

function categoryOf(type: EventType): keyof typeof CATEGORY_OWNERS {
  if (type in eventsByCategory.game) return 'game';
  if (type in eventsByCategory.conflict) return 'conflict';
  if (type in eventsByCategory.flow) return 'flow';
  if (type in eventsByCategory.stakeholders) return 'stakeholders';
  if (type in eventsByCategory.circle) return 'circle';
  // Requests and settlements are the same in every owner's streams: one of them stands for all.
  return type in eventsByCategory.llm ? 'llm' : 'flow_refinements';
}
