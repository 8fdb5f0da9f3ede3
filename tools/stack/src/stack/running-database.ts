import type { StateFolders } from '../paths.ts';
import { postgresUrl } from '../postgres/start-postgres.ts';
import { readRuns } from '../process/run-file.ts';
import { StackError } from '../stack-error.ts';

/**
 * The connection string of the Postgres that the stack of these folders uses: `DATABASE_URL`, else the one that the launcher runs.
 * @throws StackError when neither is there
 */
export function runningDatabase({ run }: StateFolders): string {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const record = readRuns(run).find(({ name }) => name === 'postgres');
  if (record === undefined)
    throw new StackError('Postgres does not run: start Agon with "./agon up", or set DATABASE_URL');
  return postgresUrl(record.port);
}
