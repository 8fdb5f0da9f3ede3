import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sqlFile } from './sql-file.ts';

const FILES = [
  'log-partitions',
  'streams',
  'events',
  'handled',
  'parked',
  'category-owners',
  'append-events',
  'park-message',
  'claim-categories',
];

/** The tables of the log and the functions that write to them. */
export class EventLog1763800000000 implements MigrationInterface {
  readonly name = 'EventLog1763800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const file of FILES) await queryRunner.query(await sqlFile(file));
  }

  async down(): Promise<void> {
    throw new Error('the log is never taken down by a migration');
  }
}
