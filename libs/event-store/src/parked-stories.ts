import type { Pool } from 'pg';

/** A story of which a service has parked messages: the first of them, which holds up the others. */
export interface ParkedStory {
  service: string;
  partition: number;
  storyId: string;
  /** Of the first message. */
  position: number;
  type: string;
  /** Why it failed last; null when it was never tried: what it waited behind is handled. */
  error: string | null;
  /** How often it was given up. */
  attempts: number;
  /** ISO 8601, UTC. */
  parkedAt: string;
  /** How many messages wait behind the first. */
  behind: number;
  redriveRequested: boolean;
}

/** What an operator asks about parked messages, over all services. */
export class ParkedStories {
  readonly #pool: Pick<Pool, 'query'>;

  constructor(pool: Pick<Pool, 'query'>) {
    this.#pool = pool;
  }

  /** Every parked story, the oldest first. */
  async list(): Promise<ParkedStory[]> {
    const { rows } = await this.#pool.query<ParkedStory>(
      `select first.service, first.partition, first.story_id as "storyId", first.position, e.type, first.error,
         first.attempts, to_char(first.parked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "parkedAt",
         first.messages - 1 as behind, first.redrive_requested_at is not null as "redriveRequested"
       from (
         select *, count(*) over story as messages, row_number() over (story order by position) as nth
         from agon_log.parked
         window story as (partition by service, partition, story_id)
       ) first
       left join agon_log.events e on e.partition = first.partition and e.position = first.position
       where first.nth = 1
       order by first.parked_at, first.service, "storyId"`,
    );
    return rows;
  }

  /** The services that the log knows. */
  async services(): Promise<string[]> {
    const { rows } = await this.#pool.query<{ service: string }>(
      'select distinct service from agon_log.category_owners order by service',
    );
    return rows.map(({ service }) => service);
  }

  /** Whether a process of the service is connected to this database: pools are named after their services. */
  async isConnected(service: string): Promise<boolean> {
    const { rows } = await this.#pool.query<{ connected: boolean }>(
      `select exists (
         select from pg_stat_activity where datname = current_database() and application_name = $1
       ) as connected`,
      [service],
    );
    return rows[0]?.connected ?? false;
  }
}
