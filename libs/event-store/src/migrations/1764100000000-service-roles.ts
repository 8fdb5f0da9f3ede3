import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sqlFile } from './sql-file.ts';

const FILES = [
  'services',
  'check-caller',
  'append-events',
  'park-message',
  'claim-categories',
  'register-service',
  'bind-service',
  'vacuum-settings',
];

/** A database role per service: what writes to the log looks at who calls. And head rows that don't bloat. */
export class ServiceRoles1764100000000 implements MigrationInterface {
  readonly name = 'ServiceRoles1764100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const file of FILES) await queryRunner.query(await sqlFile(file));
  }

  async down(): Promise<void> {
    throw new Error('the log is never taken down by a migration');
  }
}
