import { setTimeout as delay } from 'node:timers/promises';
import { isOf, modelEvents, parseEvent, streamId, schemaVersionOf } from '@agon/contracts';
import {
  type AppendOutcome,
  type AppendRequest,
  type EventLog,
  type EventMetadata,
  isTransient,
  type JsonObject,
} from '@agon/event-store';
import type { MessagingLogger } from '@agon/messaging';
import type { StoredRequest } from '../lanes/stored-request.ts';
import { SERVICE } from '../service.ts';

/** Postgres away: soon again at first, then gently; milliseconds. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

/** The log refuses the result, now and later. */
export class RefusedByLog extends Error {
  override readonly name = 'RefusedByLog';
}

export interface ResultsOptions {
  log: EventLog;
  /** Fires when the process ends and waits for nothing any more. */
  ended: AbortSignal;
  logger: MessagingLogger;
}

/** What the model said, or that it said nothing: kept in the log, in a stream per story. */
export class Results {
  constructor(private readonly options: ResultsOptions) {}

  /**
   * Stores one event, derived from a request; an event id that is there already counts as stored. Waits as long as the log
   * is away.
   *
   * @throws RefusedByLog when trying again can't help.
   * @throws the signal's reason when the process ends first.
   */
  async store(cause: StoredRequest, eventId: string, type: keyof typeof modelEvents, data: JsonObject): Promise<void> {
    // What its readers can't read would park the story for all of them.
    const { error } = modelEvents[type].safeParse(data);
    if (error !== undefined) throw new RefusedByLog(`${type} does not fit its schema`, { cause: error });
    const { partition, storyId, correlationId } = cause;
    const events = [
      {
        streamId: streamId('llm', storyId),
        eventId,
        type,
        schemaVersion: schemaVersionOf(type),
        data,
        metadata: metadataOf(cause),
      },
    ];
    const request = { partition, service: SERVICE, storyId, correlationId, expected: new Map(), events };
    const { outcome } = await this.append(request).catch((error: unknown) => {
      if (this.options.ended.aborted) throw error;
      throw new RefusedByLog(`${type} can not be stored`, { cause: error });
    });
    if (outcome !== 'appended' && outcome !== 'duplicate') throw new RefusedByLog(`${type} was not stored: ${outcome}`);
  }

  /** Whether the log holds an answer to the request already, or its refusal. Waits as long as the log is away. */
  async has({ partition, storyId, data }: StoredRequest): Promise<boolean> {
    const { log } = this.options;
    const stored = await this.untilReached(() => log.readStream(partition, streamId('llm', storyId)));
    return stored.some((event) => {
      const told = parseEvent(event);
      if (isOf(told, ['RefinementAnswered'])) return told.data.refinementId === data.refinementId;
      if (!isOf(told, ['RefinementsDeclined'])) return false;
      return told.data.refinements.some(({ refinementId }) => refinementId === data.refinementId);
    });
  }

  private append(request: AppendRequest): Promise<AppendOutcome> {
    return this.untilReached(() => this.options.log.append(request));
  }

  private async untilReached<T>(call: () => Promise<T>): Promise<T> {
    const { ended, logger } = this.options;
    for (let failures = 0; ; failures += 1) {
      ended.throwIfAborted();
      try {
        return await call();
      } catch (error) {
        if (!isTransient(error)) throw error;
        if (failures === 0) logger.warn({ err: error }, 'a result waits for the log');
        const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
        await delay(wait, undefined, { signal: ended });
      }
    }
  }
}

/** A result starts a new count of causes, and nobody waits for it as an answer. */
const metadataOf = ({ eventId, metadata }: StoredRequest): EventMetadata => {
  const { game, inputSequence, seed, contentPack, traceparent } = metadata;
  return { game, source: SERVICE, causationId: eventId, inputSequence, depth: 0, seed, contentPack, traceparent };
};
