import { isInputType, isSettlementType } from '@agon/contracts';
import type { EventLog, StoredEvent } from '@agon/event-store';
import { z } from 'zod';

/** What the log says of a stretch of time. */
export interface History {
  /** The idempotency keys of its inputs, as often as each stands there. */
  readonly inputs: ReadonlyMap<string, number>;
  readonly requested: number;
  /** Settlements by their type, in words: `accepted`, `rejected`, … */
  readonly settled: Readonly<Record<string, number>>;
  /** Requests that no model was asked for: the lanes were full, or their time had run out. */
  readonly shed: number;
}

const READ = 1_000;

/** The field of each input that holds its key; see `callOf`. */
const Keyed = z.object({
  turnId: z.string().optional(),
  sceneId: z.string().optional(),
  description: z.string().optional(),
  reason: z.string().optional(),
  resolution: z.object({ stakes: z.array(z.string()) }).optional(),
  conflictId: z.string().optional(),
});

export function keyOf({ data }: Pick<StoredEvent, 'data'>): string | undefined {
  const { turnId, sceneId, description, reason, resolution, conflictId } = Keyed.parse(data);
  return turnId ?? sceneId ?? description ?? reason ?? resolution?.stakes[0] ?? conflictId;
}

/** @param after the head of each partition when the stretch began */
export async function readHistory(log: EventLog, after: ReadonlyMap<number, number>): Promise<History> {
  const inputs = new Map<string, number>();
  const settled: Record<string, number> = {};
  let requested = 0;
  let shed = 0;
  const take = (event: StoredEvent): void => {
    const { type, data } = event;
    if (isInputType(type)) {
      const key = keyOf(event);
      if (key !== undefined) inputs.set(key, (inputs.get(key) ?? 0) + 1);
    } else if (type === 'RefinementRequested') requested += 1;
    else if (isSettlementType(type)) {
      settled[type] = (settled[type] ?? 0) + 1;
      if (type === 'RefinementFailed' && data['reason'] === 'overload') shed += 1;
    }
  };
  for (const partition of (await log.heads()).keys()) {
    let position = after.get(partition) ?? 0;
    for (let more = true; more;) {
      const events = await log.readPartition(partition, position, READ);
      for (const event of events) take(event);
      position = events.at(-1)?.position ?? position;
      more = events.length === READ;
    }
  }
  return { inputs, requested, settled, shed };
}

/** Keys that are not in the log exactly once. */
export const notOnce = ({ inputs }: Pick<History, 'inputs'>, keys: readonly string[]): string[] =>
  keys.filter((key) => inputs.get(key) !== 1);
