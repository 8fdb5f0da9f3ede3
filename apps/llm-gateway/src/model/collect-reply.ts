import type { Step } from './dialect.ts';
import { type ModelAnswer, ModelFailure } from './model.ts';
import type { Watch } from './watch.ts';

/** What a model wrote, once all of it is there. */
export interface Reply {
  readonly text: string;
  readonly responseId: string | null;
  readonly usage: ModelAnswer['usage'];
  /** Milliseconds from the call to the first piece of text; null when there was none. */
  readonly firstTokenMs: number | null;
}

export interface Collecting {
  readonly watch: Watch;
  /** Milliseconds of silence that are borne once the text has begun. */
  readonly idleMs: number;
  /** Aborted by the watch, or from outside. */
  readonly signal: AbortSignal;
  /** Told all that was written so far, with each piece. */
  readonly onPiece?: ((written: string) => void) | undefined;
}

/** Characters of the longest answer that is read: ten times what any task may write. */
const MAX_CHARACTERS = 20_000;
/** Milliseconds that the end of the stream may take once the answer is whole, so that its connection can be used again. */
const LINGER_MS = 100;

/**
 * Reads a stream to its end.
 * @throws ModelFailure `cut` when it ends before the model has said that its answer is whole
 * @throws whatever the stream throws, and the signal's reason when that ended it
 */
export async function collectReply(steps: AsyncIterable<Step>, collecting: Collecting): Promise<Reply> {
  const { watch, idleMs, signal, onPiece } = collecting;
  const start = performance.now();
  let reply: Reply = { text: '', responseId: null, usage: null, firstTokenMs: null };
  let isWhole = false;
  try {
    for await (const step of steps) {
      reply = {
        text: reply.text + (step.text ?? ''),
        responseId: step.responseId ?? reply.responseId,
        usage: step.usage ?? reply.usage,
        firstTokenMs: reply.firstTokenMs ?? (step.text ? Math.round(performance.now() - start) : null),
      };
      isWhole ||= step.isWhole ?? false;
      // A model may think in silence before its first word, and only then.
      if (isWhole) watch.allow(LINGER_MS);
      else if (reply.firstTokenMs !== null) watch.allow(idleMs);
      if (reply.text.length > MAX_CHARACTERS)
        throw new ModelFailure('schema_invalid', 'neutral', `more than ${MAX_CHARACTERS} characters`);
      if (step.text) onPiece?.(reply.text);
    }
  } catch (error) {
    // What goes wrong after the end of the answer takes nothing away from it.
    if (!isWhole) throw error;
  }
  if (isWhole) return reply;
  // The client ends an aborted stream without an error.
  signal.throwIfAborted();
  throw new ModelFailure('cut', 'failure', 'the stream ended before the answer did');
}
