import type { FeedState } from '@agon/client';
import type { StoryState } from '@agon/contracts';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/** Milliseconds for which state and stream may differ. */
const PATIENCE = 5_000;
/** Milliseconds between two looks. */
const INTERVAL = 50;

/**
 * Holds what the stream has told against what the state says. A better text may come between the two readings; then the
 * state is read again, as new as the stream, until both stand at the same place.
 * @param reader who follows the stream
 * @returns what the stream has told, and how it differs, a line each
 */
export async function agreement(
  reader: { readonly state: FeedState },
  first: StoryState,
  readAgain: (after: number) => Promise<StoryState>,
  patience = PATIENCE,
): Promise<{ told: FeedState; differences: string[] }> {
  const end = performance.now() + patience;
  for (let state = first; ;) {
    const told = reader.state;
    const differences = differing(told, state);
    if (differences.length === 0 || performance.now() >= end) return { told, differences };
    await delay(INTERVAL);
    state = await readAgain(told.position);
  }
}

function differing(told: FeedState, { conflicts, circle, position }: StoryState): string[] {
  return [
    ...(told.position > position ? ['the state stays behind the stream'] : []),
    ...(isDeepStrictEqual(told.conflicts, conflicts) ? [] : ['the stream tells other conflicts than the state']),
    ...(isDeepStrictEqual(told.circle, circle) ? [] : ['the stream tells another circle than the state']),
  ];
}
