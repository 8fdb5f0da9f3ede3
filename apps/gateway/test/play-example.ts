import { AgonClient } from '@agon/client';
import type { Answer } from '@agon/contracts';
import { type Kind, EXAMPLE, answerIn, send, sendUntilComplete, write } from '@agon/testing/load';

/** A step of the example story, complete. */
export interface Played {
  readonly kind: Kind;
  readonly answer: Answer;
  /** Whether the first answer had everything. */
  readonly atOnce: boolean;
}

export type Between = (played: Played) => Promise<void>;

/**
 * Plays the example story, each step when the one before is complete.
 * @param between awaited after each step
 * @returns the story's id
 */
export async function playExample(
  url: string,
  name: string,
  { seed, between }: { seed: string; between?: Between },
): Promise<string> {
  const client = new AgonClient({ baseUrl: url });
  const { storyId } = await client.createStory({ seed }, { idempotencyKey: name });
  for (const [n, { kind, body }] of EXAMPLE.entries()) {
    const request = write(kind, storyId, 'c1', body, `${name}-${n}`);
    const first = answerIn(await send(url, request));
    const atOnce = first.pending.length === 0;
    const answer = atOnce ? first : answerIn(await sendUntilComplete(url, request));
    await between?.({ kind, answer, atOnce });
  }
  return storyId;
}
