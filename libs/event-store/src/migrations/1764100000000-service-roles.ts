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
];

/** As in today's files of the tables, which a new log has from its first migration on. None of it waits for an append. */
const HEAD_ROWS = `autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off`;
const SETTINGS = `
  alter table agon_log.log_partitions set (${HEAD_ROWS});
  alter table agon_log.handled set (${HEAD_ROWS});
  alter table agon_log.streams set (
    autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0
  );`;

/** A database role per service: what writes to the log looks at who calls. And head rows that don't bloat. */
export class ServiceRoles1764100000000 implements MigrationInterface {
  readonly name = 'ServiceRoles1764100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const file of FILES) await queryRunner.query(await sqlFile(file));
    await queryRunner.query(SETTINGS);
  }

  async down(): Promise<void> {
    throw new Error('the log is never taken down by a migration');
  }
}
