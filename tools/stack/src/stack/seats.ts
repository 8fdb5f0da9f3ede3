import { freePort, isPortFree } from '../ports.ts';
import { StackError } from '../stack-error.ts';
import { portVariable, type ProcessRow } from '../topology.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A row's port: its variable's value, else the table's.
 * @throws StackError when the value is no port
 */
export function portOf(row: ProcessRow, environment: Environment): number {
  const variable = portVariable(row.name);
  const value = environment[variable];
  if (value === undefined || value === '') return row.port;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new StackError(`${variable} is "${value}": it must be a port, 1 to 65535`);
}

/** What is started, once for each replica; the first replica carries the name of its row. */
export interface Seat {
  readonly name: string;
  readonly row: ProcessRow;
  readonly port: number;
}

export interface SeatOptions {
  readonly rows: readonly ProcessRow[];
  readonly environment: Environment;
  /** `table`: the table's ports, further replicas on free ones. `free`: all on free ones. */
  readonly ports: 'table' | 'free';
  /** Processes per service, 1 if left out. */
  readonly replicas: Readonly<Record<string, number>>;
}

/**
 * Names and ports of everything that is to run.
 * @throws StackError for a replica count of an unknown service, and for a port that is taken
 */
export async function seatsOf({ rows, environment, ports, replicas }: SeatOptions): Promise<Seat[]> {
  const services = rows.filter((row) => row.kind === 'service').map((row) => row.name);
  const unknown = Object.keys(replicas).find((name) => !services.includes(name));
  if (unknown !== undefined) throw new StackError(`there is no service ${unknown}; there are ${services.join(', ')}`);
  const taken = new Set<number>();
  const seats: Seat[] = [];
  for (const row of rows) {
    for (let replica = 1; replica <= (replicas[row.name] ?? 1); replica += 1) {
      const fixed = ports === 'table' && replica === 1;
      const port = fixed ? portOf(row, environment) : await freePort(taken);
      if (fixed) await refuseTaken(row, port, taken);
      taken.add(port);
      seats.push({ name: replica === 1 ? row.name : `${row.name}-${replica}`, row, port });
    }
  }
  return seats;
}

async function refuseTaken(row: ProcessRow, port: number, taken: ReadonlySet<number>): Promise<void> {
  if (!taken.has(port) && (await isPortFree(port))) return;
  const variable = portVariable(row.name);
  throw new StackError(`port ${port} of ${row.name} is in use: end what uses it, or set ${variable} to another port`);
}
