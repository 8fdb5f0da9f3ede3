import type { EventLog, StoredEvent } from '@agon/event-store';
import {
  type ProjectionRunner,
  openReadDataSource,
  prepareProjections,
  ProjectionRunner as Runner,
  readModel,
  replay,
} from '@agon/projections';
import { messageOf } from '@agon/stack';
import { SERVICE, type OpenLog } from '../log/open-log.ts';
import { oneEvent, storyIn, streamIn } from '../log/requests.ts';
import { tally } from '../log/tally.ts';
import { Gates } from './gates.ts';
import { schedules } from './schedules.ts';

/** Partitions that have checkpoints; a schedule takes one. */
const PARTITIONS = 1024;

type DataSource = Awaited<ReturnType<typeof openReadDataSource>>;

/** One runner of a partition, in a process of its own: what it has read of the log waits until it is let go on. */
class Fold {
  done = true;
  ended: Promise<void> = Promise.resolve();
  failure: string | undefined;
  private release: () => void = () => undefined;
  private held: Promise<void> = Promise.resolve();
  private arrived: () => void = () => undefined;
  private readonly runner: ProjectionRunner;

  constructor(
    dataSource: DataSource,
    readonly pid: number,
    partition: number,
    log: EventLog,
  ) {
    const readSelected: EventLog['readSelected'] = async (...query) => {
      const events = await log.readSelected(...query);
      this.arrived();
      await this.held;
      return events;
    };
    const options = {
      dataSource,
      log: { readSelected },
      service: SERVICE,
      projections: [tally],
      partition,
      batch: 10,
    };
    this.runner = new Runner(options);
  }

  readonly running = (): boolean => !this.done;

  /** Reads the log, and stops there. */
  async read(): Promise<void> {
    await this.ended;
    this.held = new Promise((resolve) => {
      this.release = resolve;
    });
    const read = new Promise<void>((resolve) => {
      this.arrived = resolve;
    });
    this.done = false;
    this.ended = this.step();
    await read;
  }

  private async step(): Promise<void> {
    try {
      await this.runner.step();
    } catch (error) {
      this.failure = messageOf(error);
    } finally {
      this.done = true;
    }
  }

  goOn(): void {
    this.release();
  }

  async finish(): Promise<void> {
    await this.ended;
    this.arrived = () => undefined;
    this.held = Promise.resolve();
    while ((await this.runner.run()) === 'busy') continue;
  }
}

/**
 * Lets two runners of one projection partition and an appender meet in every order of their steps: a runner reads the log,
 * folds and writes, commits. A line per breach: 0 and 1 fold, 2 appends.
 */
export class FoldInterleavings {
  schedules = 0;
  private partition = 0;

  private constructor(
    private readonly open: OpenLog,
    private readonly gates: Gates,
    private readonly sources: readonly { dataSource: DataSource; pid: number }[],
  ) {}

  static async prepare(open: OpenLog): Promise<FoldInterleavings> {
    const sources = await Promise.all(
      [0, 1].map(async (number) => {
        const dataSource = await openReadDataSource(open.url, `faults ${number}`, 1);
        const [row] = await dataSource.query<{ pid: number }[]>('select pg_backend_pid() as pid');
        return { dataSource, pid: row?.pid ?? 0 };
      }),
    );
    const [first] = sources;
    if (first === undefined) throw new Error('there are no runners');
    await prepareProjections(first.dataSource, { service: SERVICE, projections: [tally], partitions: PARTITIONS });
    const gates = await Gates.build(open, [['agon_read.checkpoints', 'update']]);
    for (const [number, { dataSource }] of sources.entries()) await dataSource.query(Gates.number(number));
    return new FoldInterleavings(open, gates, sources);
  }

  async close(): Promise<void> {
    await Promise.all(this.sources.map(({ dataSource }) => dataSource.destroy()));
  }

  /** @param appends that come at chosen points, besides two events that are there before */
  async all(appends: number): Promise<string[]> {
    const breaches: string[] = [];
    for (const schedule of schedules([3, 3, appends])) {
      this.partition += 1;
      this.schedules += 1;
      const line = await this.run(schedule);
      if (line !== undefined) breaches.push(`fold ${schedule.join('')}: ${line}`);
    }
    return breaches;
  }

  private async run(schedule: readonly number[]): Promise<string | undefined> {
    const { open, gates, sources, partition } = this;
    const append = () => open.log.append(oneEvent({ partition, streamId: streamIn(partition) }));
    await append();
    await append();
    const folds = sources.map(({ dataSource, pid }) => new Fold(dataSource, pid, partition, open.log));
    for (const number of folds.keys()) await gates.shut(number, ['commit']);
    const taken = [0, 0];
    for (const actor of schedule) {
      const fold = folds[actor];
      if (fold === undefined) {
        await append();
        continue;
      }
      const step = taken[actor] ?? 0;
      taken[actor] = step + 1;
      if (step === 0) await fold.read();
      else if (step === 1) fold.goOn();
      else await gates.open(actor, 'commit');
      // One that waits with what it has read does nothing in Postgres.
      await gates.still(folds.filter((_, number) => (taken[number] ?? 0) > 1));
    }
    await Promise.all(folds.map(({ ended }) => ended));
    for (const fold of folds) await fold.finish();
    const failure = folds.find((fold) => fold.failure !== undefined)?.failure;
    if (failure !== undefined) return `a runner failed: ${failure}`;
    return this.difference(await open.log.readPartition(partition, 0, 100));
  }

  private async difference(events: readonly StoredEvent[]): Promise<string | undefined> {
    const [first] = this.sources;
    if (first === undefined) return 'there are no runners';
    const rows = await readModel(first.dataSource, SERVICE, tally).docs(this.partition, storyIn(this.partition));
    const [stored, wanted] = [rows.map(({ doc }) => doc), replay(tally, events).map(({ doc }) => doc)];
    if (JSON.stringify(stored) === JSON.stringify(wanted)) return undefined;
    return `the rows are ${JSON.stringify(stored)}, the fold of the log is ${JSON.stringify(wanted)}`;
  }
}
