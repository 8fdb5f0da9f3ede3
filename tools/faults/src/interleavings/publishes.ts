import { type AppendRequest, type StoredEvent, StoryPublisher, streamOf } from '@agon/event-store';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import type { LogConnection, OpenLog } from '../log/open-log.ts';
import { oneEvent, streamIn } from '../log/requests.ts';
import { Gates } from './gates.ts';
import { schedules } from './schedules.ts';

const silent = { warn: () => undefined, error: () => undefined };

/** One process that appends and publishes what it has appended, step by step. */
class Process {
  private stored: readonly StoredEvent[] | undefined;
  private ended: Promise<void> = Promise.resolve();
  private done = true;

  constructor(
    readonly session: LogConnection,
    readonly nats: NatsConnection,
    readonly publisher: StoryPublisher,
  ) {}

  get pid(): number {
    return this.session.pid;
  }

  readonly running = (): boolean => !this.done;

  /** Ends up at its gate, or behind another's lock. */
  append(partition: number): void {
    this.done = false;
    const request = oneEvent({ partition, streamId: streamIn(partition) });
    this.ended = this.store(request);
  }

  private async store(request: AppendRequest): Promise<void> {
    try {
      const answer = await this.session.log.append(request);
      this.stored = answer.outcome === 'appended' ? answer.events : [];
    } finally {
      this.done = true;
    }
  }

  /** Publishes what it has appended, once it has; until then the publishing of others may come first. */
  async publish(): Promise<void> {
    if (this.running()) return;
    this.publisher.publish(this.stored ?? []);
    this.stored = [];
    await this.publisher.idle();
  }

  async finish(): Promise<void> {
    await this.ended;
    await this.publish();
  }
}

/**
 * Lets two appenders publish what they append, in every order of their steps, while the broker loses the stream at any
 * moment: an appender is sent, commits, publishes. A line per breach: 0 and 1 append, 2 deletes the stream.
 */
export class PublishInterleavings {
  schedules = 0;
  private partition = 0;

  private constructor(
    private readonly open: OpenLog,
    private readonly gates: Gates,
    private readonly processes: readonly Process[],
    private readonly jsm: JetStreamManager,
  ) {}

  static async prepare(open: OpenLog, natsUrl: string): Promise<PublishInterleavings> {
    const gates = await Gates.build(open, [['agon_log.events', 'insert']]);
    const processes = await Promise.all(
      [0, 1].map(async (number) => {
        const [session, nats] = await Promise.all([open.connect(), connect({ servers: natsUrl })]);
        await session.query(Gates.number(number));
        return new Process(session, nats, new StoryPublisher({ log: open.log, nats, logger: silent, partitions: [] }));
      }),
    );
    const [first] = processes;
    if (first === undefined) throw new Error('there are no processes');
    return new PublishInterleavings(open, gates, processes, await jetstreamManager(first.nats));
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map(({ publisher }) => publisher.stop()));
    await Promise.all(this.processes.map(({ nats }) => nats.close()));
  }

  /** @param losses of the stream, each at every possible moment */
  async all(losses: number): Promise<string[]> {
    const breaches: string[] = [];
    for (const schedule of schedules([3, 3, losses])) {
      this.partition += 1;
      this.schedules += 1;
      const line = await this.run(schedule);
      if (line !== undefined) breaches.push(`publish ${schedule.join('')}: ${line}`);
    }
    return breaches;
  }

  private async run(schedule: readonly number[]): Promise<string | undefined> {
    const { gates, processes, partition } = this;
    const [first] = processes;
    for (const number of processes.keys()) await gates.shut(number, ['commit']);
    for (const { publisher } of processes) await publisher.ensureStream(partition);
    const taken = [0, 0];
    for (const actor of schedule) {
      const process = processes[actor];
      if (process === undefined) {
        await this.jsm.streams.delete(streamOf(partition)).catch(() => false);
        continue;
      }
      const step = taken[actor] ?? 0;
      taken[actor] = step + 1;
      if (step === 0) process.append(partition);
      else if (step === 1) await gates.open(actor, 'commit');
      else await process.publish();
      await gates.still(processes);
      const line = await this.difference();
      if (line !== undefined) return line;
    }
    for (const process of processes) await process.finish();
    // What the sweep does within a second, for a stream that was lost after the last message.
    await first?.publisher.ensureStream(partition);
    await first?.publisher.idle();
    const line = (await this.difference()) ?? (await this.shortfall());
    await this.jsm.streams.delete(streamOf(partition));
    return line;
  }

  /** What the stream holds is the log's, at each moment. */
  private async difference(): Promise<string | undefined> {
    const { state } = await this.jsm.streams.info(streamOf(this.partition)).catch(() => ({ state: undefined }));
    if (state === undefined || state.messages === 0) return undefined;
    const events = await this.open.log.readPartition(this.partition, 0, 100);
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
      const message = await this.jsm.streams.getMessage(streamOf(this.partition), { seq });
      if (message?.string() !== JSON.stringify(events[seq - 1])) return `message ${seq} is not the log's event`;
    }
    return undefined;
  }

  /** In the end it holds all of it. */
  private async shortfall(): Promise<string | undefined> {
    const head = (await this.open.log.heads()).get(this.partition);
    const { state } = await this.jsm.streams.info(streamOf(this.partition));
    if (state.last_seq === head && state.messages === head) return undefined;
    return `the stream holds ${state.messages} messages to ${state.last_seq}, the log's head is ${head}`;
  }
}
