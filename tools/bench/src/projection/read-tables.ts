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

  /** Nothing is folded while the tables are not there. */
  async progress(): Promise<Progress> {
    const [there] = await this.rows<{ there: boolean }>(
      `select to_regclass('agon_read.checkpoints') is not null as there`,
    );
    const folded =
      there?.there === true ? `(select sum(position) from agon_read.checkpoints where service = 'gateway')` : '0';
    const [progress] = await this.rows<Progress>(
      `select coalesce(${folded}, 0)::float8 as folded, (select sum(head) from agon_log.log_partitions)::float8 as head`,
    );
    return progress ?? { head: 0, folded: 0 };
  }

  /** Every row of the feed, as one short text. */
  async fingerprint(): Promise<{ rows: number; hash: string }> {
    const [feed] = await this.rows<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'agon_read'::regnamespace
         and (relkind = 'v' and relname = 'gateway_story_feed' or relkind = 'r' and relname ~ '^gateway_story_feed_v\\d+$')
       order by relkind = 'v' desc, relname desc limit 1`,
    );
    if (feed === undefined) throw new Error('the database holds no story feed');
    const [all] = await this.rows<{ rows: number; hash: string }>(
      `select count(*)::int as rows, md5(string_agg(md5(f::text), '' order by partition, story_id, position)) as hash
       from (select partition, story_id, key, position, doc from agon_read.${feed.name}) f`,
    );
    return all ?? { rows: 0, hash: '' };
  }

  /** Drops every read model: whoever starts next folds all of them again. */
  async empty(): Promise<void> {
    await this.rows('drop schema agon_read cascade');
  }

  /** Whether the library takes orders to rebuild beside the live table. */
  async takesOrders(): Promise<boolean> {
    const [there] = await this.rows<{ there: boolean }>(
      `select to_regclass('agon_read.operations') is not null as there`,
    );
    return there?.there === true;
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
