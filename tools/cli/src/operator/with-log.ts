import { createPool, PgEventLog } from '@agon/event-store';
import { codeOf, runningDatabase, StackError, type StateFolders } from '@agon/stack';

/** What Postgres says where the log's schema or tables are not there. */
const ABSENT = new Set(['3F000', '42P01']);

/**
 * Opens the log of the stack of these folders for as long as `run` takes.
 * @throws StackError when Postgres does not run or holds no log
 */
export async function withLog<T>(folders: StateFolders, run: (log: PgEventLog) => Promise<T>): Promise<T> {
  const pool = createPool(runningDatabase(folders), 'agon command', 1);
  try {
    return await run(new PgEventLog(pool));
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined || !ABSENT.has(code)) throw error;
    throw new StackError('this database holds no log yet: "./agon up" makes one');
  } finally {
    await pool.end();
  }
}
