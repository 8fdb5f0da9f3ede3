import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sqlFile } from './sql-file.ts';

/** What a message was recorded with that only stood behind a parked one. */
const BEHIND = 'an earlier message of this story is parked';

/**
 * Parked messages may be handled late: they keep what an operator needs to know, and whether somebody waits for them.
 * On a database that was made with today's tables, nothing of it changes them.
 */
export class RedriveParkedMessages1764000000000 implements MigrationInterface {
  readonly name = 'RedriveParkedMessages1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table agon_log.parked
        alter column error drop not null,
        add column if not exists attempts integer not null default 1,
        add column if not exists redrive_requested_at timestamptz,
        drop constraint parked_pkey,
        add primary key (service, partition, story_id, position)`);
    await queryRunner.query(`drop index if exists agon_log.parked_by_story`);
    await queryRunner.query(`
      create index if not exists parked_to_redrive on agon_log.parked (service, partition, story_id)
      where redrive_requested_at is not null`);
    await queryRunner.query(`update agon_log.parked set error = null, attempts = 0 where error = $1`, [BEHIND]);
    for (const file of ['append-events', 'park-message', 'request-redrive'])
      await queryRunner.query(await sqlFile(file));
  }

  async down(): Promise<void> {
    throw new Error('the log is never taken down by a migration');
  }
}
