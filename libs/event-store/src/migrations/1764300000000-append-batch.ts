import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sqlFile } from './sql-file.ts';

const FILES = ['append-batch', 'register-service', 'request-redrive'];

/** Of the first release, which Postgres reads and compiles anew for each statement that writes. */
const CHECKS = [
  ['log_partitions', 'log_partitions_partition_check'],
  ['log_partitions', 'log_partitions_head_check'],
  ['streams', 'streams_version_check'],
  ['events', 'events_position_check'],
  ['events', 'events_version_check'],
  ['handled', 'handled_position_check'],
];

/** Appends to several partitions at once; and all appends without checks of what only they write. */
export class AppendBatch1764300000000 implements MigrationInterface {
  readonly name = 'AppendBatch1764300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [table, check] of CHECKS)
      await queryRunner.query(`alter table agon_log.${table} drop constraint if exists ${check}`);
    for (const file of FILES) await queryRunner.query(await sqlFile(file));
  }

  async down(): Promise<void> {
    throw new Error('the log is never taken down by a migration');
  }
}
