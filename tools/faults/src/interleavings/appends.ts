import type { AppendOutcome, AppendRequest, EventLog, StoredEvent } from '@agon/event-store';
import { randomUUID } from 'node:crypto';
import type { LogConnection, OpenLog } from '../log/open-log.ts';
import { oneEvent, streamIn } from '../log/requests.ts';
import { Gates } from './gates.ts';
import { schedules } from './schedules.ts';

/** What appenders do at once, and the outcomes that may come of it, whoever comes first. */
export interface Meeting {
  readonly name: string;
  readonly request: (partition: number, actor: number) => AppendRequest;
  /** Outcomes of two appenders, sorted. */
  readonly outcomes: readonly [AppendOutcome['outcome'], AppendOutcome['outcome']];
}

const same = randomUUID();

export const meetings: readonly Meeting[] = [
  {
    name: 'two streams',
    request: (partition, actor) => oneEvent({ partition, streamId: streamIn(partition, `s${actor}`) }),
    outcomes: ['appended', 'appended'],
  },
  {
    name: 'one stream that neither has seen',
    request: (partition) => oneEvent({ partition, streamId: streamIn(partition), expected: 'none' }),
    outcomes: ['appended', 'wrong-version'],
  },
  {
    name: 'a retry beside its first try',
    request: (partition) => oneEvent({ partition, streamId: streamIn(partition), eventId: same }),
    outcomes: ['appended', 'duplicate'],
  },
  {
    name: 'one message in two replicas',
    request: (partition, actor) => oneEvent({ partition, streamId: streamIn(partition, `s${actor}`), handles: 1 }),
    outcomes: ['already-handled', 'appended'],
  },
];

interface Appender {
  readonly session: LogConnection;
  readonly number: number;
}

/** An append under way. */
class Append {
  outcome: AppendOutcome['outcome'] | 'thrown' | undefined;
  readonly ended: Promise<void>;

  constructor(
    readonly pid: number,
    log: EventLog,
    request: AppendRequest,
  ) {
    this.ended = this.run(log, request);
  }

  private async run(log: EventLog, request: AppendRequest): Promise<void> {
    try {
      const { outcome } = await log.append(request);
      this.outcome = outcome;
    } catch {
      this.outcome = 'thrown';
    }
  }

  readonly running = (): boolean => this.outcome === undefined;
}

/** Reads what is new, as a projection does: everything past the last position that it has seen. */
async function readOn(log: EventLog, partition: number, seen: StoredEvent[]): Promise<void> {
  seen.push(...(await log.readPartition(partition, seen.at(-1)?.position ?? 0, 100)));
}

/**
 * Lets two appenders and a reader meet in every order of their steps: an appender is sent, stores, commits; the reader reads
 * on. A line per breach, with the order in which it came about: 0 and 1 append, 2 reads.
 */
export class AppendInterleavings {
  schedules = 0;
  private partition = 0;

  private constructor(
    private readonly open: OpenLog,
    private readonly gates: Gates,
    private readonly appenders: readonly Appender[],
  ) {}

  static async prepare(open: OpenLog): Promise<AppendInterleavings> {
    const gates = await Gates.build(open, [['agon_log.events', 'insert']]);
    const appenders = await Promise.all(
      [0, 1].map(async (number) => {
        const session = await open.connect();
        await session.query(Gates.number(number));
        return { session, number };
      }),
    );
    return new AppendInterleavings(open, gates, appenders);
  }

  /** @param reads that the reader does at chosen points, besides one in the end */
  async all(meeting: Meeting, reads: number): Promise<string[]> {
    const breaches: string[] = [];
    for (const schedule of schedules([3, 3, reads])) {
      this.partition += 1;
      this.schedules += 1;
      const found = await this.run(meeting, schedule);
      breaches.push(...found.map((line) => `${meeting.name}, ${schedule.join('')}: ${line}`));
    }
    return breaches;
  }

  private async run(meeting: Meeting, schedule: readonly number[]): Promise<string[]> {
    const { open, gates, appenders, partition } = this;
    // The message that replicas handle; an event that was there before for all others.
    await open.log.append(oneEvent({ partition, streamId: streamIn(partition, 'first') }));
    for (const { number } of appenders) await gates.shut(number, ['store', 'commit']);
    const taken = [0, 0];
    const appends: Append[] = [];
    const seen: StoredEvent[] = [];
    for (const actor of schedule) {
      const appender = appenders[actor];
      if (appender === undefined) {
        await readOn(open.log, partition, seen);
        continue;
      }
      const step = taken[actor] ?? 0;
      taken[actor] = step + 1;
      if (step === 0)
        appends.push(new Append(appender.session.pid, appender.session.log, meeting.request(partition, actor)));
      else await gates.open(actor, step === 1 ? 'store' : 'commit');
      await gates.still(appends);
    }
    await Promise.all(appends.map(({ ended }) => ended));
    await readOn(open.log, partition, seen);
    return this.breaches(meeting, appends, seen);
  }

  private async breaches(
    meeting: Meeting,
    appends: readonly Append[],
    seen: readonly StoredEvent[],
  ): Promise<string[]> {
    const { log } = this.open;
    const breaches: string[] = [];
    const outcomes = appends.map(({ outcome = 'thrown' }) => outcome).toSorted();
    if (outcomes.join() !== meeting.outcomes.join()) breaches.push(`the outcomes are ${outcomes.join(' and ')}`);
    const stored = outcomes.filter((outcome) => outcome === 'appended').length + 1;
    const events = await log.readPartition(this.partition, 0, 100);
    const positions = events.map(({ position }) => position).join();
    const wanted = Array.from({ length: stored }, (_, index) => index + 1).join();
    if (positions !== wanted) breaches.push(`the log holds ${positions}, not ${wanted}`);
    if (JSON.stringify(seen) !== JSON.stringify(events)) {
      breaches.push(`the reader saw ${seen.map(({ position }) => position).join()} of ${positions}`);
    }
    const versions = new Map<string, number>();
    for (const { streamId, version } of events) {
      if (version !== (versions.get(streamId) ?? 0) + 1) breaches.push(`${streamId} has a version ${version} too many`);
      versions.set(streamId, version);
    }
    return breaches;
  }
}
