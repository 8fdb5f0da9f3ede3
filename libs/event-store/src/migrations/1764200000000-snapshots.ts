import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sqlFile } from './sql-file.ts';

const FILES = ['snapshots', 'keep-snapshot'];

/** Folded states of long streams. */
export class Snapshots1764200000000 implements MigrationInterface {
  readonly name = 'Snapshots1764200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const file of FILES) await queryRunner.query(await sqlFile(file));
  }

  async down(): Promise<void> {
    throw new Error('the log is never taken down by a migration');
  }
}
