import { type EventLog, isTransient, PastHeadError, type StoredEvent } from '@agon/event-store';
import { pause, waitAfter } from './back-off.ts';
import { type Handled, isHandled } from './decided.ts';
import { StoryParkedError, TransientError } from './errors.ts';
import { messageOf, type MessagingLogger } from './logger.ts';
import { MessageContext } from './message-context.ts';
import type { MessagingMetrics } from './metrics.ts';

/** Three failures within one second, then the message is parked: 1st, +0.1-0.2 s, +0.2-0.4 s. */
const PERMANENT_TRIES = 3;
const PERMANENT_BACK_OFF = { first: 200, longest: 400 };
/** Postgres away: soon again at first, then gently; a partition waits for it as long as it takes. */
const TRANSIENT_BACK_OFF = { first: 50, longest: 2_000 };

/**
 * How a message ended: `handled` by this call, or `passed`, because another replica was faster; `ignored` when its handler
 * appended nothing. Only `interrupted` leaves it to be delivered again.
 */
export type Settled = 'handled' | 'passed' | 'ignored' | 'skipped' | 'parked' | 'interrupted';

export interface HandleOptions {
  service: string;
  log: EventLog;
  /** Throws for data that can't be what its type promises. */
  parse: (stored: StoredEvent) => unknown;
  /** Runs the Nest handler of the event's type. */
  call: (payload: unknown, context: MessageContext) => Promise<unknown>;
  /** Sends a fast answer; throws when it can't. */
  reply: (subject: string, answer: Reply) => void;
  /** Whether an event that was decided is part of the fast answer. */
  isAnswer: (event: StoredEvent) => boolean;
  /** Wraps the handling, so that its log lines carry the correlation id. */
  around: <T>(stored: StoredEvent, run: () => Promise<T>) => Promise<T>;
  ackWaitMs: number;
  metrics: MessagingMetrics;
  logger: MessagingLogger;
}

/** What a service tells whoever waits for its part of an answer. */
export interface Reply {
  service: string;
  /** The event that was handled. */
  eventId: string;
  /** That of the append; `ignored` when the handler decided nothing at all, `parked` when there will be no answer. */
  outcome: Handled['outcome'] | 'ignored' | 'parked';
  events: readonly StoredEvent[];
}

/** Whether to wait for the world to recover, instead of counting the failure against the message. */
export const isWorthWaiting = (error: unknown): boolean => error instanceof TransientError || isTransient(error);

/** Handles one message to its end: in place, with heartbeats, until it is decided, parked or interrupted. */
export class MessageHandler {
  constructor(private readonly options: HandleOptions) {}

  /**
   * @param heartbeat tells the broker that the message is still being handled.
   * @param signal stops the waiting between tries; a handler that runs is let finish.
   * @throws PastHeadError when the log does not reach the message.
   */
  async handle(stored: StoredEvent, heartbeat: () => void, signal: AbortSignal): Promise<Settled> {
    // A fork's copies are there to be folded; what they caused was copied with them.
    if (stored.metadata.copied === true) return 'skipped';
    const timer = setInterval(heartbeat, this.options.ackWaitMs / 3);
    try {
      return await this.options.around(stored, () => this.settle(stored, heartbeat, signal));
    } finally {
      clearInterval(timer);
    }
  }

  private async settle(stored: StoredEvent, heartbeat: () => void, signal: AbortSignal): Promise<Settled> {
    let permanent = 0;
    let transient = 0;
    while (!signal.aborted) {
      try {
        const outcome = await this.attempt(stored, heartbeat);
        if (transient > 0) this.options.logger.info(fieldsOf(stored), 'the message was handled after waiting');
        if (outcome === 'ignored') return 'ignored';
        return outcome === 'appended' ? 'handled' : 'passed';
      } catch (error) {
        if (error instanceof StoryParkedError) {
          const parked = await this.park(stored, null, true, signal);
          if (parked !== 'story-free') return parked;
          continue;
        }
        // The log has lost this message, so its position will be another's: bind anew, which mends the stream.
        if (error instanceof PastHeadError) throw error;
        if (isWorthWaiting(error)) {
          transient += 1;
          this.waiting(stored, error, transient);
          await pause(waitAfter(transient, TRANSIENT_BACK_OFF), signal);
          continue;
        }
        permanent += 1;
        this.options.metrics.failed(stored.type, 'permanent');
        this.options.logger.error({ ...fieldsOf(stored), err: error, failures: permanent }, 'the message failed');
        if (permanent >= PERMANENT_TRIES || (await this.isBehind(stored))) {
          const parked = await this.park(stored, error, permanent < PERMANENT_TRIES, signal);
          if (parked !== 'story-free') return parked;
        }
        await pause(waitAfter(permanent, PERMANENT_BACK_OFF), signal);
      }
    }
    return 'interrupted';
  }

  private async attempt(stored: StoredEvent, heartbeat: () => void): Promise<Handled['outcome'] | 'ignored'> {
    const { parse, call, metrics } = this.options;
    const started = performance.now();
    const result = await call(parse(stored), new MessageContext(stored, heartbeat));
    const { outcome, events } = isHandled(result) ? result : { outcome: 'ignored' as const, events: [] };
    metrics.handled(stored.type, outcome, (performance.now() - started) / 1_000);
    // What an earlier delivery decided was answered then, or is found in the log by whoever waits.
    if (outcome === 'appended' || outcome === 'ignored') this.reply(stored, outcome, events);
    return outcome;
  }

  private reply(stored: StoredEvent, outcome: Reply['outcome'], events: readonly StoredEvent[]): void {
    const { service, reply, isAnswer, metrics } = this.options;
    const { replyTo, depth } = stored.metadata;
    if (replyTo === undefined || depth > 1) return;
    try {
      reply(replyTo, { service, eventId: stored.eventId, outcome, events: events.filter(isAnswer) });
    } catch {
      // The answer stands in the log; the reply only makes it quicker.
      metrics.replyFailed(stored.type);
    }
  }

  private waiting(stored: StoredEvent, error: unknown, failures: number): void {
    this.options.metrics.failed(stored.type, 'transient');
    if (failures === 1) {
      this.options.logger.warn({ ...fieldsOf(stored), err: error }, 'the message waits for something that is away');
    }
  }

  /** Spares the messages behind a parked one their tries: what it left undone may be why they fail. */
  private async isBehind({ partition, position, storyId }: StoredEvent): Promise<boolean> {
    const { log, service } = this.options;
    try {
      const first = await log.firstParked(service, { partition, storyId });
      return first !== undefined && first.position < position;
    } catch {
      return false;
    }
  }

  /** @returns `story-free` when it was to wait behind a parked message, and that has been handled in the meantime. */
  private async park(
    stored: StoredEvent,
    cause: unknown,
    onlyBehind: boolean,
    signal: AbortSignal,
  ): Promise<Settled | 'story-free'> {
    const { log, service } = this.options;
    const { partition, position, storyId } = stored;
    const error = cause === null ? null : messageOf(cause);
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        const outcome = await log.park({ service, partition, position, storyId, error, onlyBehind });
        if (outcome === 'parked') this.tellParked(stored, error);
        return outcome === 'already-handled' ? 'passed' : outcome;
      } catch (failure) {
        this.waiting(stored, failure, failures);
        await pause(waitAfter(failures, TRANSIENT_BACK_OFF), signal);
      }
    }
    return 'interrupted';
  }

  private tellParked(stored: StoredEvent, error: string | null): void {
    const { metrics, logger } = this.options;
    metrics.parked(stored.type);
    const reason = error ?? 'an earlier message of this story is parked';
    logger.error({ ...fieldsOf(stored), reason }, 'the message is parked');
    this.reply(stored, 'parked', []);
  }
}

/** What tells a message apart in a log line. */
export const fieldsOf = ({ type, partition, position, eventId, storyId, correlationId }: StoredEvent): object => ({
  type,
  partition,
  position,
  eventId,
  storyId,
  correlationId,
});
