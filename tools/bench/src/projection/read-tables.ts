import { createPool } from '@agon/event-store';

/** How far the gateway has folded. */
export interface Progress {
  /** Events in the log. */
  readonly head: number;
  readonly folded: number;
}

/** The read side of an installation's database, looked at from outside. */
export class ReadTables {
  private readonly pool: ReturnType<typeof createPool>;

  constructor(url: string) {
    this.pool = createPool(url, 'bench', 1);
  }

  async progress(): Promise<Progress> {
    const [progress] = await this.rows<Progress>(
      `select (select sum(position) from agon_read.checkpoints where service = 'gateway')::float8 as folded,
         (select sum(head) from agon_log.log_partitions)::float8 as head`,
    );
    return progress ?? { head: 0, folded: 0 };
  }

  /** Every row of the feed, as one short text. */
  async fingerprint(): Promise<{ rows: number; hash: string }> {
    const [all] = await this.rows<{ rows: number; hash: string }>(
      `select count(*)::int as rows, md5(string_agg(md5(f::text), '' order by partition, story_id, position)) as hash
       from (select partition, story_id, key, position, doc from agon_read.gateway_story_feed) f`,
    );
    return all ?? { rows: 0, hash: '' };
  }

  /** Empties the gateway's read models: started again, it folds all of them from the beginning. */
  async empty(): Promise<void> {
    const tables = await this.rows<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'agon_read'::regnamespace and relkind = 'r' and starts_with(relname, 'gateway_')`,
    );
    for (const { name } of tables) await this.rows(`truncate agon_read.${name}`);
    await this.rows(`update agon_read.checkpoints set position = 0 where service = 'gateway'`);
  }

  async orderRebuild(): Promise<void> {
    await this.rows(
      `insert into agon_read.operations (kind, service, name) values ('rebuild', 'gateway', 'story-feed')`,
    );
  }

  /** How long the last order took, in seconds; undefined while it is under way. @throws Error when it was not done */
  async rebuilt(): Promise<number | undefined> {
    const [last] = await this.rows<{ seconds: number | null; outcome: string | null }>(
      `select extract(epoch from ended_at - taken_at)::float8 as seconds, outcome from agon_read.operations
       where kind = 'rebuild' order by id desc limit 1`,
    );
    if (last === undefined || last.seconds === null) return undefined;
    if (last.outcome !== 'live') throw new Error(`the rebuild ended with "${last.outcome ?? ''}"`);
    return last.seconds;
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async rows<Row extends object>(text: string): Promise<Row[]> {
    return (await this.pool.query<Row>(text)).rows;
  }
}
