import type { StoredEvent } from '@agon/event-store';
import { type LogConnection, type OpenLog, openLog } from '../log/open-log.ts';
import { oneEvent, streamIn } from '../log/requests.ts';
import type { Scenario } from '../scenario.ts';

const PARTITION = 3;
const STREAM = streamIn(PARTITION);

export interface OneStreamOptions {
  readonly writers: number;
  /** Commands of each writer. */
  readonly turns: number;
}

export interface OneStreamResult {
  readonly events: readonly StoredEvent[];
  /** What each command took with its retries, in milliseconds, in order of length. */
  readonly times: readonly number[];
  readonly conflicts: number;
}

/** What a command knows of the stream; every event carries what stands here after it. */
interface Account {
  readonly version: number;
  readonly sum: number;
}

const numberIn = (event: StoredEvent, name: string): number => Number(event.data[name]);

async function readOn({ log }: LogConnection, account: Account): Promise<Account> {
  const news = await log.readStream(PARTITION, STREAM, account.version);
  const last = news.at(-1);
  return last === undefined ? account : { version: last.version, sum: numberIn(last, 'sum') };
}

/** Lets writers, each with a connection of its own, add to one sum: read, decide, append, and again when it has moved. */
export async function oneStream(open: OpenLog, { writers, turns }: OneStreamOptions): Promise<OneStreamResult> {
  const times: number[] = [];
  let conflicts = 0;
  const write = async (connection: LogConnection, writer: number): Promise<void> => {
    let account: Account = { version: 0, sum: 0 };
    for (let turn = 0; turn < turns; turn += 1) {
      const started = performance.now();
      for (;;) {
        account = await readOn(connection, account);
        const data = { writer, turn, by: writer + 1, sum: account.sum + writer + 1 };
        const expected = account.version === 0 ? 'none' : account.version;
        const answer = await connection.log.append(
          oneEvent({ partition: PARTITION, streamId: STREAM, data, expected }),
        );
        if (answer.outcome === 'appended') break;
        if (answer.outcome !== 'wrong-version') throw new Error(`an append ended as ${answer.outcome}`);
        conflicts += 1;
      }
      times.push(performance.now() - started);
    }
  };
  const connections = await Promise.all(Array.from({ length: writers }, () => open.connect()));
  await Promise.all(connections.map(write));
  const events = await open.log.readPartition(PARTITION, 0, writers * turns + 1);
  return { events, times: times.toSorted((a, b) => a - b), conflicts };
}

/** The stream is that of one writer after another, who all got what they wanted: a line per breach. */
export function brokenOneStream(events: readonly StoredEvent[], { writers, turns }: OneStreamOptions): string[] {
  const breaches: string[] = [];
  const next = new Map<number, number>();
  let sum = 0;
  for (const [index, event] of events.entries()) {
    const [writer, turn] = [numberIn(event, 'writer'), numberIn(event, 'turn')];
    if (event.position !== index + 1 || event.version !== index + 1) {
      breaches.push(`event ${index + 1} has position ${event.position} and version ${event.version}`);
    }
    if (turn !== (next.get(writer) ?? 0)) breaches.push(`command ${turn} of writer ${writer} is out of its turn`);
    next.set(writer, turn + 1);
    if (numberIn(event, 'sum') !== sum + numberIn(event, 'by')) {
      breaches.push(`event ${event.version} was decided on another state than that of the event before it`);
    }
    sum = numberIn(event, 'sum');
  }
  if (events.length !== writers * turns) breaches.push(`${events.length} of ${writers * turns} commands are stored`);
  return breaches;
}

export const writersOfOneStream: Scenario = {
  name: 'one-stream',
  code: 'F16',
  title: '32 writers on one stream',
  async run({ long, say }) {
    const options = { writers: 32, turns: long ? 200 : 25 };
    const open = await openLog();
    try {
      const { events, times, conflicts } = await oneStream(open, options);
      say(`${times.length} commands, ${conflicts} conflicts`);
      return {
        load: {
          writers: options.writers,
          commands: times.length,
          p50Ms: times[Math.floor(times.length / 2)] ?? 0,
          p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
        },
        faults: conflicts,
        recoverySeconds: [],
        violations: [...(conflicts === 0 ? ['no writer ever met another'] : []), ...brokenOneStream(events, options)],
      };
    } finally {
      await open.close();
    }
  },
};
