import { type FeedEntry, RefinementDelta, isFeedType, readFeedEntry } from '@agon/contracts';
import { AgonProblem, UnreadableAnswer, problemOf } from '../agon-problem.ts';
import { type ServerSentEvent, readEventStream } from './event-stream.ts';

export interface Following {
  /** Opens the stream after a position; the connection ends with the signal. */
  readonly open: (position: number, ended: AbortSignal) => Promise<Response>;
  readonly after: number;
  readonly signal?: AbortSignal | undefined;
  /** Waits before the next connection; for tests. */
  readonly pause?: (ms: number, ended: AbortSignal) => Promise<void>;
}

/** What the stream tells: an entry of the feed, or a draft of a text that a model is writing. */
export type Followed =
  { readonly kind: 'entry'; readonly entry: FeedEntry } | { readonly kind: 'draft'; readonly draft: RefinementDelta };

const DRAFT = 'RefinementDelta';

/** Until the server tells another one: how long to wait before connecting again, in milliseconds. */
const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;
/** Three of the gateway's heartbeats: a connection that is silent for longer is dead, even if nobody closed it. */
const SILENCE_MS = 45_000;

/**
 * Follows the feed over as many connections as it takes: every entry once and in order, and the drafts that come through.
 * Throws what a new connection cannot mend.
 */
export async function* followFeed({ open, after, signal, pause = sleep }: Following): AsyncGenerator<Followed, void> {
  const ended = signal ?? new AbortController().signal;
  let position = after;
  let retryMs = RETRY_MS;
  let failures = 0;
  while (!ended.aborted) {
    try {
      for await (const part of partsOf((connection) => open(position, connection), ended)) {
        if ('retryMs' in part) {
          ({ retryMs } = part);
          continue;
        }
        failures = 0;
        if (part.type === DRAFT) {
          const draft = draftOf(part);
          if (draft !== undefined) yield { kind: 'draft', draft };
          continue;
        }
        const told = positionOf(part);
        if (told <= position) continue;
        position = told;
        if (isFeedType(part.type)) yield { kind: 'entry', entry: entryOf(part) };
      }
    } catch (error) {
      if (ended.aborted) return;
      if (isFinal(error)) throw error;
    }
    // A gateway that comes back is not met by all its clients at once.
    const longest = Math.min(retryMs * 2 ** failures, Math.max(retryMs, LONGEST_RETRY_MS));
    failures += 1;
    await pause(longest * (0.5 + Math.random() / 2), ended);
  }
}

/** The parts of one connection, which is given up when nothing is heard for too long. */
async function* partsOf(open: (connection: AbortSignal) => Promise<Response>, ended: AbortSignal) {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    const { body } = await open(AbortSignal.any([ended, silence.signal]));
    if (body === null) throw problemOf(502, '');
    yield* readEventStream(body, heard);
  } finally {
    clearTimeout(timer);
  }
}

function positionOf({ id }: ServerSentEvent): number {
  if (/^\d+$/.test(id)) return Number(id);
  throw new UnreadableAnswer(`the feed sent the id "${id}", which is no position`);
}

function entryOf({ data, id }: ServerSentEvent): FeedEntry {
  try {
    return readFeedEntry(JSON.parse(data));
  } catch (error) {
    throw new UnreadableAnswer(`feed entry ${id} does not fit its contract`, { cause: error });
  }
}

/** A draft may be lost, so one that can't be read is no reason to lose the entries too. */
function draftOf({ data }: ServerSentEvent): RefinementDelta | undefined {
  try {
    return RefinementDelta.parse(JSON.parse(data));
  } catch {
    return undefined;
  }
}

const isFinal = (error: unknown): boolean =>
  error instanceof UnreadableAnswer || (error instanceof AgonProblem && !error.isTransient);

function sleep(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      ended.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    ended.addEventListener('abort', done);
    if (ended.aborted) done();
  });
}
