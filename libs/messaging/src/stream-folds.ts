import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLog, JsonObject, NewSnapshot, StoredEvent } from '@agon/event-store';
import type { AnyStreamUse, StreamUse } from './decided.ts';
import { silent, type MessagingLogger } from './logger.ts';
import { type MessagingMetrics, noMetrics } from './metrics.ts';

/** Events from one snapshot of a stream to the next, and the most that one read of a stream brings. */
export const SNAPSHOT_EVERY = 500;
/** Events that are folded before others get their turn: a few milliseconds of work. */
const SLICE = 100;

/** A folded stream. Version 0: it does not exist yet. */
export interface Aggregate<State = unknown> {
  readonly partition: number;
  readonly version: number;
  readonly state: State;
  readonly decider: AnyStreamUse['decider'];
}

/** Folds the events that the decider knows into the state; the version follows all of them. */
export const fold = (aggregate: Aggregate, use: AnyStreamUse, events: readonly StoredEvent[]): Aggregate => {
  let { state, version } = aggregate;
  for (const stored of events) {
    const event = use.select(stored);
    if (event !== undefined) state = use.decider.evolve(state, event);
    version = stored.version;
  }
  return { ...aggregate, state, version };
};

export interface StreamFoldsOptions {
  /** The service that folds; it keeps snapshots of streams of its own categories only. */
  service: string;
  log: EventLog;
  /** Names the code that folds, so that a snapshot that other code has written is ignored. Without it, none is kept. */
  rules?: string | undefined;
  metrics?: Pick<MessagingMetrics, 'snapshot'> | undefined;
  logger?: MessagingLogger | undefined;
}

/**
 * Folds streams, however long they are: from the newest snapshot, page by page, with turns for others in between. Every
 * 500th event a snapshot is kept, in the background: it is disposable, so nobody waits for it or fails with it.
 */
export class StreamFolds {
  private readonly deciders = new WeakMap<AnyStreamUse['decider'], string>();
  private readonly due = new Map<string, NewSnapshot>();
  private keeping: Promise<void> | undefined;

  constructor(private readonly options: StreamFoldsOptions) {}

  /** The stream as it stands in the log. */
  load<State, Event extends { type: string; data: JsonObject }>(
    partition: number,
    use: StreamUse<State, Event>,
  ): Promise<Aggregate<State>>;
  async load(partition: number, use: AnyStreamUse): Promise<Aggregate> {
    const { log, rules, metrics = noMetrics } = this.options;
    const empty = { partition, version: 0, state: use.decider.initialState(), decider: use.decider };
    if (rules === undefined) return this.foldOn(empty, use, await this.readOn(empty, use));
    const { snapshot, events } = await log.loadStream(partition, use.streamId, this.nameOf(use), SNAPSHOT_EVERY);
    if (snapshot !== undefined) metrics.snapshot('used');
    return this.foldOn({ ...empty, ...snapshot }, use, events);
  }

  /** The aggregate with what has come since. */
  catchUp<State, Event extends { type: string; data: JsonObject }>(
    aggregate: Aggregate<State>,
    use: StreamUse<State, Event>,
  ): Promise<Aggregate<State>>;
  async catchUp(aggregate: Aggregate, use: AnyStreamUse): Promise<Aggregate> {
    const events = await this.readOn(aggregate, use);
    return this.foldOn(aggregate, use, events);
  }

  /** Keeps a snapshot when the stream has passed a multiple of 500 events. Returns at once. */
  passed(before: number, use: AnyStreamUse, { partition, version, state }: Aggregate): void {
    const { service, rules } = this.options;
    if (rules === undefined || Math.floor(version / SNAPSHOT_EVERY) === Math.floor(before / SNAPSHOT_EVERY)) return;
    const { streamId } = use;
    this.due.set(streamId, { service, partition, streamId, decider: this.nameOf(use), version, state });
    this.keeping ??= this.keepAll();
  }

  /** Resolves when no snapshot is on its way. */
  async idle(): Promise<void> {
    await this.keeping;
  }

  private readOn({ partition, version }: Aggregate, use: AnyStreamUse): Promise<StoredEvent[]> {
    return this.options.log.readStream(partition, use.streamId, version, SNAPSHOT_EVERY);
  }

  private async foldOn(from: Aggregate, use: AnyStreamUse, first: readonly StoredEvent[]): Promise<Aggregate> {
    let aggregate = from;
    let page = first;
    for (;;) {
      for (let at = 0; at < page.length; at += SLICE) {
        if (at > 0) await nextTurn();
        aggregate = fold(aggregate, use, page.slice(at, at + SLICE));
      }
      if (page.length < SNAPSHOT_EVERY) break;
      page = await this.readOn(aggregate, use);
    }
    this.passed(from.version, use, aggregate);
    return aggregate;
  }

  /** One after the other; of one stream the newest. */
  private async keepAll(): Promise<void> {
    const { log, metrics = noMetrics, logger = silent } = this.options;
    // Whoever waits for an answer gets it first.
    await nextTurn();
    for (const [streamId, snapshot] of this.due) {
      this.due.delete(streamId);
      try {
        await log.keepSnapshot(snapshot);
        metrics.snapshot('kept');
      } catch (error) {
        metrics.snapshot('failed');
        const { partition, version } = snapshot;
        logger.warn({ err: error, partition, streamId, version }, 'a snapshot was not kept; loads read more events');
      }
    }
    this.keeping = undefined;
  }

  /** The code, and which fold of it. */
  private nameOf({ decider }: AnyStreamUse): string {
    const known = this.deciders.get(decider);
    if (known !== undefined) return known;
    const texts = [this.options.rules, decider.initialState.toString(), decider.evolve.toString()];
    const name = createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16);
    this.deciders.set(decider, name);
    return name;
  }
}
