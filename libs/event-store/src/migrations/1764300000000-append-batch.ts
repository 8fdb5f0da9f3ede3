import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sqlFile } from './sql-file.ts';

const FILES = ['append-batch', 'register-service'];

/** Appends to several partitions at once. */
export class AppendBatch1764300000000 implements MigrationInterface {
  readonly name = 'AppendBatch1764300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const file of FILES) await queryRunner.query(await sqlFile(file));
  }

  async down(): Promise<void> {
    throw new Error('the log is never taken down by a migration');
  }
}
