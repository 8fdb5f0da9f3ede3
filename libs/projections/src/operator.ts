import { Client } from 'pg';
import { SCHEMA } from './tables.ts';

/** One table of a projection, as an operator sees it. */
export interface ProjectionStatus {
  readonly service: string;
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly state: 'building' | 'live' | 'retired';
  /** Events folded, and events left, over all partitions; null when it is retired. */
  readonly position: number | null;
  readonly lag: number | null;
  /** Of a build: events per second since it began, and seconds that are left at that rate. */
  readonly rate: number | null;
  readonly eta: number | null;
  readonly parked: readonly ParkedStatus[];
}

/** A story that a projection does not fold any more, and the event that stopped it. */
export interface ParkedStatus {
  readonly storyId: string;
  readonly position: number;
  readonly error: string;
  /** How often it was tried again in vain. */
  readonly retries: number;
}

/** What was asked of a service, and what became of it. */
export interface OperationStatus {
  readonly id: string;
  readonly version: number | null;
  readonly generation: number | null;
  readonly taken: boolean;
  readonly ended: boolean;
  /** In words; of a rebuild `live`. */
  readonly outcome: string | null;
}

/** What an operator asked for does not exist; the message says what does. */
export class UnknownProjectionError extends Error {}

const list = (names: readonly string[]): string => [...new Set(names)].join(', ');

const STATUS = `
select g.service, g.name, g.version, g.generation, g.state, s.position, s.lag,
  case when g.state = 'building' then s.position / greatest(extract(epoch from now() - g.started_at), 1) end::float8
    as rate,
  coalesce((
    select jsonb_agg(jsonb_build_object(
      'storyId', p.story_id, 'position', p.position, 'error', p.error, 'retries', p.retries) order by p.story_id)
    from ${SCHEMA}.parked p
    where (p.service, p.name, p.version, p.generation) = (g.service, g.name, g.version, g.generation)
  ), '[]') as parked
from ${SCHEMA}.generations g
cross join lateral (
  select sum(c.position)::float8 as position,
    sum(greatest(coalesce(l.head, 0) - c.position, 0))::float8 as lag
  from ${SCHEMA}.checkpoints c left join agon_log.log_partitions l using (partition)
  where (c.service, c.name, c.version, c.generation) = (g.service, g.name, g.version, g.generation)
) s
order by g.service, g.name, g.version, g.generation`;

const OPERATION = `select id, version, generation, taken_at is not null as taken, ended_at is not null as ended, outcome
  from ${SCHEMA}.operations where id = $1`;

/**
 * The projections of all services, from outside: their state, and requests that the service which folds takes up within a
 * second, or when it starts.
 */
export class ProjectionOperator {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  /**
   * @throws UnknownProjectionError when no service has made its read models in this database, and what Postgres says when
   * it can't be reached
   */
  static async open(url: string): Promise<ProjectionOperator> {
    const client = new Client({
      connectionString: url,
      application_name: 'agon projections',
      connectionTimeoutMillis: 5_000,
      statement_timeout: 10_000,
    });
    // A connection that breaks is told by the next query.
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ made: boolean }>(
      `select to_regclass('${SCHEMA}.operations') is not null as made`,
    );
    if (rows[0]?.made === true) return new ProjectionOperator(client);
    await client.end();
    throw new UnknownProjectionError('there are no projections in this database: no service has started on it yet');
  }

  async status(): Promise<ProjectionStatus[]> {
    const { rows } = await this.#client.query<Omit<ProjectionStatus, 'eta'>>(STATUS);
    return rows.map(({ rate, ...one }) => ({
      ...one,
      rate,
      eta: rate === null || rate === 0 || one.lag === null ? null : one.lag / rate,
    }));
  }

  /**
   * Asks for a projection to be built anew.
   *
   * @param version one that the service knows; by default the newest
   * @returns the request's id
   * @throws UnknownProjectionError
   */
  async rebuild(service: string, name: string, version?: number): Promise<string> {
    await this.#known(service, name);
    return this.#request('rebuild', service, name, version ?? null, null);
  }

  /**
   * Asks for a parked story, or for all that are parked, to be folded again.
   *
   * @returns the request's id
   * @throws UnknownProjectionError
   */
  async retry(service: string, name: string, storyId: string | undefined): Promise<string> {
    const parked = (await this.#known(service, name)).flatMap((one) => one.parked.map((story) => story.storyId));
    if (parked.length === 0) throw new UnknownProjectionError(`no story is parked in ${name} of ${service}`);
    if (storyId !== undefined && !parked.includes(storyId))
      throw new UnknownProjectionError(
        `${storyId} is not parked in ${name} of ${service}; parked are ${[...new Set(parked)].slice(0, 10).join(', ')}`,
      );
    return this.#request('retry', service, name, null, storyId ?? null);
  }

  /** What became of a request. */
  async operation(id: string): Promise<OperationStatus | undefined> {
    const { rows } = await this.#client.query<OperationStatus>(OPERATION, [id]);
    return rows[0];
  }

  /** Whether a process of the service is connected to this database, to fold. */
  async isRunning(service: string): Promise<boolean> {
    const { rows } = await this.#client.query(
      `select from pg_stat_activity where datname = current_database() and application_name = $1 limit 1`,
      [`${service} read models`],
    );
    return rows.length > 0;
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #known(service: string, name: string): Promise<ProjectionStatus[]> {
    const all = await this.status();
    const ofService = all.filter((one) => one.service === service);
    if (ofService.length === 0)
      throw new UnknownProjectionError(
        `there is no service "${service}" with projections; there are ${list(all.map((one) => one.service))}`,
      );
    const known = ofService.filter((one) => one.name === name);
    if (known.length === 0)
      throw new UnknownProjectionError(
        `there is no projection "${name}" of ${service}; there are ${list(ofService.map((one) => one.name))}`,
      );
    return known;
  }

  async #request(
    kind: 'rebuild' | 'retry',
    service: string,
    name: string,
    version: number | null,
    storyId: string | null,
  ): Promise<string> {
    const { rows } = await this.#client.query<{ id: string }>(
      `insert into ${SCHEMA}.operations (kind, service, name, version, story_id) values ($1, $2, $3, $4, $5)
       returning id`,
      [kind, service, name, version, storyId],
    );
    const id = rows[0]?.id;
    if (id === undefined) throw new Error('the request was not stored');
    return id;
  }
}
