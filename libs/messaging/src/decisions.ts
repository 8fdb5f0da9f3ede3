import type { AppendRequest, EventLog, ExpectedVersion, StoredEvent } from '@agon/event-store';
import { type Aggregate, Aggregates, fold } from './aggregates.ts';
import type { AnyDecision, AnyStreamUse, Checked, Decision, Handled, StatesOf, Streams } from './decided.ts';
import { deriveEvent, deriveMetadata } from './derived.ts';
import { PermanentError, StoryParkedError, TransientError } from './errors.ts';

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
}

/** The mark that an append moves, and what its events' ids are derived with. */
interface How {
  readonly handles: number | undefined;
  readonly ids: string;
}

/** One writer owns a partition, so a version is wrong only after a hand-over; eight times in a row is something else. */
const TRIES = 8;

/** Turns a message into facts: fold the streams, decide, append all of it in one call that also marks it handled. */
export class Decisions {
  private log: EventLog;
  private aggregates: Aggregates;

  constructor(private readonly options: DecisionsOptions) {
    this.log = options.log;
    this.aggregates = this.aggregatesOf(options.log);
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
      const request = this.request(message, streams, loaded, decide(statesOf(streams, loaded)), how);
      if (request.handles === undefined && request.events.length === 0) return { outcome: 'appended', events: [] };
      const answer = await this.log.append(request);
      switch (answer.outcome) {
        case 'appended':
          this.advance(uses, loaded, answer.events);
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
    const { log: own, aggregates } = this;
    this.log = log;
    this.aggregates = this.aggregatesOf(log);
    try {
      await run();
    } finally {
      this.log = own;
      this.aggregates = aggregates;
    }
  }

  private aggregatesOf(log: EventLog): Aggregates {
    return new Aggregates(log, this.options.cacheSize ?? 10_000);
  }

  private async load(partition: number, uses: ReadonlyMap<string, AnyStreamUse>): Promise<Map<string, Aggregate>> {
    const loaded = await Promise.all(
      [...uses.values()].map(
        async (use) => [use.streamId, await this.aggregates.load(partition, use)] satisfies [string, Aggregate],
      ),
    );
    return new Map(loaded);
  }

  private request(
    message: StoredEvent,
    streams: Streams,
    loaded: ReadonlyMap<string, Aggregate>,
    decisions: readonly AnyDecision[],
    { handles, ids }: How,
  ): AppendRequest {
    const { service, engine, schemaVersionOf = () => 1 } = this.options;
    const metadata = deriveMetadata(message, service, engine);
    const decided = decisions.flatMap(({ stream, events }) => {
      const use = streams[stream];
      if (use === undefined) throw new PermanentError(`a decision was made for the unnamed stream ${stream}`);
      return events.map((event) => ({ streamId: use.streamId, event }));
    });
    return {
      partition: message.partition,
      service,
      storyId: message.storyId,
      correlationId: message.correlationId,
      handles,
      expected: new Map([...loaded].map(([streamId, { version }]) => [streamId, expectedOf(version)])),
      events: decided.map(({ streamId, event }, n) =>
        deriveEvent(message, metadata, streamId, event, `${ids}${n}`, schemaVersionOf(event.type)),
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
      if (own.length > 0 && aggregate !== undefined) this.aggregates.keep(streamId, fold(aggregate, use, own));
    }
  }
}

const expectedOf = (version: number): ExpectedVersion => (version === 0 ? 'none' : version);

const statesOf = (streams: Streams, loaded: ReadonlyMap<string, Aggregate>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(streams).map(([name, use]) => [name, loaded.get(use.streamId)?.state]));
