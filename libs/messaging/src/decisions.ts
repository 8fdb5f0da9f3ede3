import type { AppendRequest, EventLog, ExpectedVersion, StoredEvent } from '@agon/event-store';
import { Aggregates } from './aggregates.ts';
import { type CascadeLimit, limited } from './cascade.ts';
import type {
  AnyDecision,
  AnyStreamUse,
  Checked,
  Conclusion,
  Decision,
  Handled,
  StatesOf,
  Streams,
} from './decided.ts';
import { deriveEvent, deriveMetadata } from './derived.ts';
import { PermanentError, StoryParkedError, TransientError } from './errors.ts';
import { type MessagingLogger, silent } from './logger.ts';
import { type MessagingMetrics, noMetrics } from './metrics.ts';
import { type Aggregate, StreamFolds } from './stream-folds.ts';

export interface DecisionsOptions {
  /** The service that appends: owner of the streams' categories. */
  service: string;
  log: EventLog;
  /** Version of the rules, written into every event's metadata. */
  engine?: string | undefined;
  /** The schema version in which events of a type are written; 1 for all when absent. */
  schemaVersionOf?: ((type: string) => number) | undefined;
  /** How many folded streams to keep in memory; 10,000 when absent. */
  cacheSize?: number | undefined;
  /** Names the code that folds; snapshots of long streams are kept under it. Without it, none are. */
  rules?: string | undefined;
  /** Whether an event may be appended however far its cascade has come; none may when absent. */
  isSettlement?: ((type: string) => boolean) | undefined;
  metrics?: Pick<MessagingMetrics, 'snapshot' | 'cascadeCut' | 'blocked'> | undefined;
  logger?: MessagingLogger | undefined;
}

/** The mark that an append moves, and what its events' ids are derived with. */
interface How {
  readonly handles: number | undefined;
  readonly ids: string;
}

/** No handler computes for longer than this at a time, in milliseconds: other stories wait. */
const SLICE_MS = 10;

/** One writer owns a partition, so a version is wrong only after a hand-over; eight times in a row is something else. */
const TRIES = 8;

/** Turns a message into facts: fold the streams, decide, append all of it in one call that also marks it handled. */
export class Decisions {
  private log: EventLog;
  private aggregates: Aggregates;
  private folds: StreamFolds;
  private rehearsing = false;

  constructor(private readonly options: DecisionsOptions) {
    this.log = options.log;
    this.folds = new StreamFolds(options);
    this.aggregates = this.aggregatesOf(this.folds);
  }

  /**
   * Appends what `decide` concludes from the streams' states, and moves the service's mark to the message. The append
   * happens even when nothing was decided, so that the message is done with.
   *
   * `streams` names every stream that the decision rests on: each is checked to be at the version that was folded.
   * `decide` is pure; it runs again when one was not.
   *
   * @throws StoryParkedError when an earlier message of the story is parked.
   * @throws PermanentError when a stream's category belongs to another service.
   * @throws TransientError when the streams keep moving.
   */
  handle<S extends Streams>(
    message: StoredEvent,
    streams: S & Checked<S>,
    decide: (states: StatesOf<S>) => readonly Decision<S>[],
  ): Promise<Handled>;
  async handle(
    message: StoredEvent,
    streams: Streams,
    decide: (states: Readonly<Record<string, unknown>>) => readonly AnyDecision[],
  ): Promise<Handled> {
    return this.append(message, streams, decide, { handles: message.position, ids: '' });
  }

  /**
   * Appends what `decide` concludes without a message: what time alone brings about. No mark moves, and nothing is appended
   * when nothing was decided. Safe in several replicas at once: the streams' versions let one of them in.
   *
   * @param cause the event that it goes back to; what is decided inherits its place in the story.
   * @param occasion what has come about and when: part of the events' ids. One occasion of a cause brings its events once;
   *   what may come about again needs another one.
   * @throws as `handle`.
   */
  act<S extends Streams>(
    cause: StoredEvent,
    occasion: string,
    streams: S & Checked<S>,
    decide: (states: StatesOf<S>) => readonly Decision<S>[],
  ): Promise<Handled>;
  async act(
    cause: StoredEvent,
    occasion: string,
    streams: Streams,
    decide: (states: Readonly<Record<string, unknown>>) => readonly AnyDecision[],
  ): Promise<Handled> {
    return this.append(cause, streams, decide, { handles: undefined, ids: `${occasion}/` });
  }

  private async append(
    message: StoredEvent,
    streams: Streams,
    decide: (states: Readonly<Record<string, unknown>>) => readonly AnyDecision[],
    how: How,
  ): Promise<Handled> {
    const uses = new Map(Object.values(streams).map((use) => [use.streamId, use]));
    if (uses.size < Object.keys(streams).length) throw new PermanentError('a decision names one stream twice');
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const loaded = await this.load(message.partition, uses);
      const decided = this.conclude(message, streams, decide, loaded);
      const { concluded, cut } = await limited(this.log, message, decided, this.options.isSettlement ?? (() => false));
      const request = this.request(message, loaded, concluded, how);
      if (request.handles === undefined && request.events.length === 0) return { outcome: 'appended', events: [] };
      const answer = await this.log.append(request);
      switch (answer.outcome) {
        case 'appended':
          this.advance(uses, loaded, answer.events);
          if (cut !== undefined) this.wasCut(message, cut);
          return { outcome: 'appended', events: answer.events };
        case 'wrong-version':
          this.aggregates.drop(answer.streamId);
          break;
        case 'already-handled':
        case 'duplicate':
          for (const streamId of uses.keys()) this.aggregates.drop(streamId);
          return { outcome: answer.outcome, events: [] };
        case 'parked':
          throw new StoryParkedError(message.storyId);
        case 'not-owner':
          throw new PermanentError(`${this.options.service} does not own the category ${answer.category}`);
      }
    }
    throw new TransientError(`the streams moved under ${TRIES} decisions in a row`);
  }

  /** Forgets the partition's folded streams: another replica may have written to them. */
  dropPartition(partition: number): void {
    this.aggregates.dropPartition(partition);
  }

  /**
   * Lets `run` decide on another log, then forgets it: what the first players would wait for is loaded and compiled, and
   * nothing is stored. Only before anything is consumed.
   */
  async rehearse(log: EventLog, run: () => Promise<void>): Promise<void> {
    const { log: own, aggregates, folds } = this;
    this.log = log;
    this.folds = new StreamFolds({ ...this.options, log, rules: undefined });
    this.aggregates = this.aggregatesOf(this.folds);
    this.rehearsing = true;
    try {
      await run();
    } finally {
      this.log = own;
      this.aggregates = aggregates;
      this.folds = folds;
      this.rehearsing = false;
    }
  }

  /** Resolves when no snapshot is on its way. */
  idle(): Promise<void> {
    return this.folds.idle();
  }

  private aggregatesOf(folds: StreamFolds): Aggregates {
    return new Aggregates(folds, this.options.cacheSize ?? 10_000);
  }

  private async load(partition: number, uses: ReadonlyMap<string, AnyStreamUse>): Promise<Map<string, Aggregate>> {
    const loaded = await Promise.all(
      [...uses.values()].map(
        async (use) => [use.streamId, await this.aggregates.load(partition, use)] satisfies [string, Aggregate],
      ),
    );
    return new Map(loaded);
  }

  private conclude(
    message: StoredEvent,
    streams: Streams,
    decide: (states: Readonly<Record<string, unknown>>) => readonly AnyDecision[],
    loaded: ReadonlyMap<string, Aggregate>,
  ): Conclusion[] {
    const started = performance.now();
    const decided = decide(statesOf(streams, loaded)).flatMap(({ stream, events }) => {
      const use = streams[stream];
      if (use === undefined) throw new PermanentError(`a decision was made for the unnamed stream ${stream}`);
      return events.map((event) => ({ streamId: use.streamId, event }));
    });
    this.took(message, performance.now() - started);
    return decided.map((one, n) => ({ ...one, nth: String(n) }));
  }

  /** Told once the log holds it. */
  private wasCut(
    { type, partition, position, eventId, storyId, correlationId }: StoredEvent,
    reason: CascadeLimit,
  ): void {
    const { metrics = noMetrics, logger = silent } = this.options;
    metrics.cascadeCut(type, reason);
    const fields = { type, partition, position, eventId, storyId, correlationId, reason };
    logger.warn(fields, 'a cascade was cut: nothing follows from the message');
  }

  private took({ type, partition, position, storyId, correlationId }: StoredEvent, milliseconds: number): void {
    if (milliseconds <= SLICE_MS || this.rehearsing) return;
    const { metrics = noMetrics, logger = silent } = this.options;
    metrics.blocked(type, milliseconds / 1_000);
    const fields = { type, partition, position, storyId, correlationId, milliseconds: Math.round(milliseconds) };
    logger.warn(fields, `a message was computed on for longer than ${SLICE_MS} ms at a time`);
  }

  private request(
    message: StoredEvent,
    loaded: ReadonlyMap<string, Aggregate>,
    concluded: readonly Conclusion[],
    { handles, ids }: How,
  ): AppendRequest {
    const { service, engine, schemaVersionOf = () => 1 } = this.options;
    const metadata = deriveMetadata(message, service, engine);
    return {
      partition: message.partition,
      service,
      storyId: message.storyId,
      correlationId: message.correlationId,
      handles,
      expected: new Map([...loaded].map(([streamId, { version }]) => [streamId, expectedOf(version)])),
      events: concluded.map(({ streamId, event, nth }) =>
        deriveEvent(message, metadata, streamId, event, `${ids}${nth}`, schemaVersionOf(event.type)),
      ),
    };
  }

  private advance(
    uses: ReadonlyMap<string, AnyStreamUse>,
    loaded: ReadonlyMap<string, Aggregate>,
    stored: readonly StoredEvent[],
  ): void {
    for (const [streamId, use] of uses) {
      const own = stored.filter((event) => event.streamId === streamId);
      const aggregate = loaded.get(streamId);
      if (own.length > 0 && aggregate !== undefined) this.aggregates.advance(use, aggregate, own);
    }
  }
}

const expectedOf = (version: number): ExpectedVersion => (version === 0 ? 'none' : version);

const statesOf = (streams: Streams, loaded: ReadonlyMap<string, Aggregate>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(streams).map(([name, use]) => [name, loaded.get(use.streamId)?.state]));
