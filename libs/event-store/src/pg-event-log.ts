import { DatabaseError, type Pool } from 'pg';
import { CategoryOwnedError, PartialDuplicateError, PastHeadError, WrongRoleError } from './append-errors.ts';
import { AppendQueue, type PreparedAppend } from './append-queue.ts';
import { appendValues, prepareEvents } from './append-request.ts';
import type {
  AppendOutcome,
  AppendRequest,
  EventLog,
  LoadedStream,
  NewSnapshot,
  ParkedMessage,
  ParkOutcome,
  SelectedEvents,
  Snapshot,
  StoredEvent,
  StoryAt,
  UnhandledMessage,
} from './event-log.ts';
import { type AppendRow, toOutcome } from './append-row.ts';
import { Batch, type BatchRow } from './batch-request.ts';
import { numberTypes } from './pool.ts';
import { statements } from './statements.ts';
import { storedText } from './stored-json.ts';
import { isTransient } from './transient.ts';

/** Codes raised by the functions in `sql/`. */
const errorOf = (error: unknown): unknown => {
  if (!(error instanceof DatabaseError)) return error;
  if (error.code === 'AG001') return new PartialDuplicateError(error.message, { cause: error });
  if (error.code === 'AG002') return new PastHeadError(error.message, { cause: error });
  if (error.code === 'AG004') return new CategoryOwnedError(error.message, { cause: error });
  if (error.code === 'AG005') return new WrongRoleError(error.message, { cause: error });
  return error;
};

/** An event of a stream that is loaded, the first beside the snapshot; or the snapshot alone, or nothing. */
type LoadRow = (StoredEvent | { version: null }) & { snapshot: Snapshot | null };
/** An event of a selection, beside the partition's head; or the head alone. */
type SelectedRow = (StoredEvent | { version: null }) & { head: number };

const isEvent = <Row extends { version: number | null }>(row: Row): row is Row & StoredEvent => row.version !== null;

/**
 * The log in Postgres. Every call is one statement, prepared once per connection, in a transaction of its own; appends that
 * come at the same time share one.
 */
export class PgEventLog implements EventLog {
  readonly #pool: Pick<Pool, 'query'>;
  readonly #appends = new AppendQueue({
    alone: (append) => this.#alone(append),
    together: (appends) => this.#together(appends),
  });

  constructor(pool: Pick<Pool, 'query'>) {
    this.#pool = pool;
  }

  async append(request: AppendRequest): Promise<AppendOutcome> {
    return this.#appends.append({ request, events: prepareEvents(request) });
  }

  async readStream(partition: number, streamId: string, after = 0, limit?: number): Promise<StoredEvent[]> {
    return this.#query<StoredEvent>(statements.readStream, [partition, streamId, after, limit ?? null]);
  }

  async loadStream(partition: number, streamId: string, decider: string, limit: number): Promise<LoadedStream> {
    const values = [partition, streamId, decider, limit];
    const rows = await this.#query<LoadRow>(statements.loadStream, values);
    const events = rows.filter(isEvent).map((row) => {
      const { snapshot: _, ...event } = row;
      return event;
    });
    return { snapshot: rows[0]?.snapshot ?? undefined, events };
  }

  async keepSnapshot({ service, partition, streamId, decider, version, state }: NewSnapshot): Promise<void> {
    const values = [service, partition, streamId, decider, version, JSON.stringify(state)];
    await this.#query(statements.keepSnapshot, values);
  }

  async readPartition(partition: number, after: number, limit: number): Promise<StoredEvent[]> {
    return this.#query<StoredEvent>(statements.readPartition, [partition, after, limit]);
  }

  async readSelected(
    partition: number,
    after: number,
    limit: number,
    types: readonly string[],
  ): Promise<SelectedEvents> {
    const rows = await this.#query<SelectedRow>(statements.readSelected, [partition, after, limit, types]);
    const events = rows.filter(isEvent).map((row) => {
      const { head: _, ...event } = row;
      return event;
    });
    const head = rows[0]?.head ?? 0;
    return { events, upTo: events.length < limit ? Math.max(after, head) : (events.at(-1)?.position ?? after) };
  }

  async readStory(partition: number, storyId: string, after: number, limit: number): Promise<StoredEvent[]> {
    return this.#query<StoredEvent>(statements.readStory, [partition, storyId, after, limit]);
  }

  async readCorrelation(partition: number, correlationId: string): Promise<StoredEvent[]> {
    return this.#query<StoredEvent>(statements.readCorrelation, [partition, correlationId]);
  }

  async countCorrelation(
    partition: number,
    correlationId: string,
    from: number,
    to: number,
    limit: number,
  ): Promise<number> {
    const values = [partition, correlationId, from, to, limit];
    const [row] = await this.#query<{ count: number }>(statements.countCorrelation, values);
    return row?.count ?? 0;
  }

  async readAt(partition: number, positions: readonly number[]): Promise<StoredEvent[]> {
    return this.#query<StoredEvent>(statements.readAt, [partition, positions]);
  }

  async heads(): Promise<Map<number, number>> {
    const rows = await this.#query<{ partition: number; head: number }>(statements.heads, []);
    return new Map(rows.map(({ partition, head }) => [partition, head]));
  }

  async marks(partition: number): Promise<Map<string, number>> {
    const rows = await this.#query<{ service: string; position: number }>(statements.marks, [partition]);
    return new Map(rows.map(({ service, position }) => [service, position]));
  }

  async claim(service: string, categories: readonly string[]): Promise<void> {
    await this.#query(statements.claim, [service, categories]);
  }

  async register(service: string, partitions: readonly number[], from: 'start' | 'head'): Promise<void> {
    await this.#query(statements.register, [service, partitions, from === 'head']);
  }

  async park(message: UnhandledMessage): Promise<ParkOutcome> {
    const { service, partition, position, storyId, error, onlyBehind = false } = message;
    const text = error === null ? null : storedText(error);
    const values = [service, partition, position, storyId, text, onlyBehind];
    const [row] = await this.#query<{ outcome: ParkOutcome }>(statements.park, values);
    if (row === undefined) throw new Error('park_message returned no row');
    return row.outcome;
  }

  async parked(service: string): Promise<ParkedMessage[]> {
    return this.#query<ParkedMessage>(statements.parked, [service]);
  }

  async firstParked(service: string, { partition, storyId }: StoryAt): Promise<ParkedMessage | undefined> {
    const [first] = await this.#query<ParkedMessage>(statements.firstParked, [service, partition, storyId]);
    return first;
  }

  async parkedStories(service: string): Promise<number> {
    const [row] = await this.#query<{ stories: number }>(statements.parkedStories, [service]);
    return row?.stories ?? 0;
  }

  async requestRedrive(service: string, { partition, storyId }: StoryAt): Promise<number> {
    const [row] = await this.#query<{ messages: number }>(statements.requestRedrive, [service, partition, storyId]);
    return row?.messages ?? 0;
  }

  async requestedRedrives(service: string): Promise<StoryAt[]> {
    return this.#query<StoryAt>(statements.requestedRedrives, [service]);
  }

  async #alone(append: PreparedAppend): Promise<AppendOutcome> {
    const [row] = await this.#query<AppendRow>(statements.append, appendValues(append.request, append.events));
    if (row === undefined) throw new Error('append_events returned no row');
    return toOutcome(row, append);
  }

  async #together(appends: readonly PreparedAppend[]): Promise<(AppendOutcome | undefined)[]> {
    const batch = new Batch(appends);
    try {
      const [row] = await this.#query<BatchRow>(statements.appendBatch, batch.values());
      if (row === undefined) throw new Error('append_batch returned no row');
      return batch.outcomes(row);
    } catch (error) {
      // Postgres refused it, so nothing is stored. Each alone tells what is wrong with which, and spares the others.
      if (error instanceof DatabaseError && !isTransient(error)) return appends.map(() => undefined);
      throw error;
    }
  }

  async #query<Row extends object>(
    statement: { readonly name: string; readonly text: string },
    values: unknown[],
  ): Promise<Row[]> {
    try {
      const { rows } = await this.#pool.query<Row>({ ...statement, values, types: numberTypes });
      return rows;
    } catch (error) {
      throw errorOf(error);
    }
  }
}
