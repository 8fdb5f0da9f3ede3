import { mkdirSync } from 'node:fs';
import { natsUrl } from '../nats/start-nats.ts';
import { stateFolders } from '../paths.ts';
import { postgresUrl, type PostgresOptions } from '../postgres/start-postgres.ts';
import { guard } from '../process/guardian.ts';
import { withoutProvider } from '../model-variables.ts';
import { neededRows, topology, type ProcessRow } from '../topology.ts';
import { checkExternal, externalUrl } from './external.ts';
import { makeMember, type MemberOptions } from './member.ts';
import { seatsOf, type Seat } from './seats.ts';
import { Stack } from './stack.ts';

export interface UpOptions {
  /** Folder for data, logs and pid files; `.agon/` of the checkout if left out. */
  readonly state?: string | undefined;
  /** `table`: the table's ports (default). `free`: every process on a port that is free, for tests. */
  readonly ports?: 'table' | 'free' | undefined;
  /** Variables for all services, on top of this process's own. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Processes per service; 1 if left out. */
  readonly replicas?: Readonly<Record<string, number>> | undefined;
  /** Whether the processes end with this one, however it ends. Otherwise they outlive it. */
  readonly guarded?: boolean | undefined;
  /**
   * For tests: servers of its own and a simulated model, whatever this process's environment names (`env` counts), and
   * data that need not survive the machine.
   */
  readonly throwAway?: boolean | undefined;
  /** How its own Postgres is run, on top of what `throwAway` says; for tests that harm it. */
  readonly postgres?: Pick<PostgresOptions, 'settings' | 'env'> | undefined;
  /** Ends the start: everything is stopped again, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until a service that is not ready counts as failed; a minute if left out. */
  readonly readyTimeout?: number | undefined;
  /** The table, for tests with processes of their own. */
  readonly rows?: readonly ProcessRow[] | undefined;
}

/**
 * Starts everything the table names, each row when those it depends on are ready, and waits until all are ready.
 * The services must be built.
 * @throws StackError in one line that says what to do; nothing is left running then
 */
export async function up(options: UpOptions = {}): Promise<Stack> {
  const { throwAway = false, ports = 'table', replicas = {} } = options;
  const folders = stateFolders(options.state);
  for (const folder of [folders.data, folders.logs, folders.run]) mkdirSync(folder, { recursive: true });
  const environment = { ...(throwAway ? withoutProvider(process.env) : process.env), ...options.env };
  const rows = neededRows(options.rows ?? topology, environment);

  const urls = new Map<string, string>();
  for (const row of throwAway ? [] : rows) {
    const url = externalUrl(row, environment);
    if (url === undefined) continue;
    await checkExternal(row, url);
    urls.set(row.name, url);
  }
  const seats = await seatsOf({ rows: rows.filter(({ name }) => !urls.has(name)), environment, ports, replicas });
  for (const seat of seats) if (!urls.has(seat.row.name)) urls.set(seat.row.name, urlOf(seat));

  const stack = new Stack(folders, urls, options.guarded === true ? guard(folders.run) : () => undefined);
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const common = {
    folders,
    urls,
    environment,
    throwAway,
    signal,
    readyTimeout: options.readyTimeout ?? 60_000,
    postgres: options.postgres,
  };
  try {
    await startAll(stack, seats, common, failure);
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** Returns when every start has ended; the first failure ends the others. */
async function startAll(stack: Stack, seats: readonly Seat[], options: MemberOptions, failure: AbortController) {
  const starts = new Map<string, Promise<void>>();
  const start = async (seat: Seat): Promise<void> => {
    try {
      await Promise.all(seat.row.depends.map((name) => starts.get(name) ?? Promise.resolve()));
      options.signal.throwIfAborted();
      const member = await makeMember(seat, options);
      stack.members.push(member);
      await member.process.start(options.signal);
    } catch (error) {
      failure.abort(error);
      throw error;
    }
  };
  // The table lists a row after those it depends on. Replicas share a name, and nothing depends on a replica alone.
  for (const seat of seats) {
    const earlier = starts.get(seat.row.name);
    const own = start(seat);
    starts.set(seat.row.name, earlier === undefined ? own : Promise.all([earlier, own]).then(() => undefined));
  }
  await Promise.allSettled(starts.values());
  options.signal.throwIfAborted();
}

function urlOf({ row, port }: Seat): string {
  if (row.kind === 'database') return postgresUrl(port);
  if (row.kind === 'broker') return natsUrl(port);
  return `http://127.0.0.1:${port}`;
}
