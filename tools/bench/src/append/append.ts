import type { TestServer } from '@agon/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchContext, BenchResult, Benchmark } from '../benchmark.ts';
import { brokenOf } from '../bounds.ts';
import { closedLoop } from '../closed-loop.ts';
import { interleaved, type Contender } from '../rounds.ts';
import { durabilityLine, durabilityOf, durablePostgres, emptyDatabase, slowDiskMissing } from '../servers.ts';
import { openAgon, agonWriters, prepareAgon } from './agon.ts';
import { type Cell, boundsOf, cellFigures, tableOf } from './cells.ts';
import { emmettWriters, openEmmett } from './emmett.ts';
import { findPgbench, prepareRaw, rawAppends } from './pgbench.ts';
import { TurnProcesses } from './turn-processes.ts';
import { APPENDS_PER_TURN } from './turn.ts';

/** Milliseconds added to each sync of the second disk. */
const SLOW_MS = 1;
const WRITERS = [1, 8, 32];
const EVENTS = [1, 10];

interface Effort {
  readonly rounds: number;
  /** Whole: pgbench takes no less. */
  readonly seconds: number;
}

const effortOf = ({ long, smoke }: BenchContext): Effort => {
  if (smoke) return { rounds: 1, seconds: 1 };
  return long ? { rounds: 11, seconds: 4 } : { rounds: 5, seconds: 1 };
};

/** Everything that appends to one server, opened. */
interface Contenders {
  readonly plain: (writers: number, events: number) => Contender<number>[];
  readonly turns: (stories: number) => Contender<number>[];
  readonly close: () => Promise<void>;
}

async function open(
  server: TestServer,
  { seconds }: Effort,
  pgbench: string | undefined,
  signal: AbortSignal,
): Promise<Contenders> {
  const agonUrl = await emptyDatabase(server, 'ours');
  const emmettUrl = await emptyDatabase(server, 'emmett');
  const rawUrl = await emptyDatabase(server, 'raw');
  await prepareAgon(agonUrl);
  await prepareRaw(rawUrl);
  const folder = mkdtempSync(join(tmpdir(), 'agon-bench-'));
  const agon = openAgon(agonUrl);
  const emmett = await openEmmett(emmettUrl);
  const processes = await TurnProcesses.start(agonUrl, emmettUrl);
  const milliseconds = seconds * 1000;
  let rounds = 0;
  /** Stories and streams of a round are new. */
  const round = (): string => `r${(rounds += 1)}`;
  return {
    plain: (writers, events) => [
      {
        name: 'agon',
        measure: () => closedLoop({ writers, milliseconds, signal }, agonWriters(agon.log, round(), events)),
      },
      {
        name: 'emmett',
        measure: () => closedLoop({ writers, milliseconds, signal }, emmettWriters(emmett, round(), events)),
      },
      ...(pgbench === undefined
        ? []
        : [
            {
              name: 'pgbench',
              measure: () =>
                rawAppends({ pgbench, url: rawUrl, folder, writers, events, seconds, round: round(), signal }),
            },
          ]),
    ],
    turns: (stories) =>
      (['agon', 'emmett'] as const).map((contender) => ({
        name: contender,
        measure: async () =>
          APPENDS_PER_TURN * (await processes.measure(stories, { contender, milliseconds, round: round() })),
      })),
    close: async () => {
      processes.stop();
      await Promise.all([agon.close(), emmett.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function run(context: BenchContext): Promise<BenchResult> {
  const { say, signal } = context;
  const effort = effortOf(context);
  const pgbench = await findPgbench();
  const slowMissing = slowDiskMissing();
  const disks = [0, ...(slowMissing === undefined ? [SLOW_MS] : [])];
  const cells: Cell[] = [];
  const durability: string[] = [];
  for (const syncDelayMs of disks) {
    const server = await durablePostgres(syncDelayMs);
    try {
      durability.push(durabilityLine(await durabilityOf(server)));
      const contenders = await open(server, effort, pgbench, signal);
      try {
        const measured = async (kind: Cell['kind'], writers: number, events: number, of: Contender<number>[]) => {
          say(`  ${kind}, ${writers} writers, ${events} events, disk +${syncDelayMs} ms`);
          const samples = await interleaved(of, { count: effort.rounds, warmUps: context.smoke ? 0 : 1, signal });
          cells.push({ kind, syncDelayMs, writers, events, samples: Object.fromEntries(samples) });
        };
        for (const events of EVENTS) {
          for (const writers of WRITERS) await measured('append', writers, events, contenders.plain(writers, events));
        }
        // Nine events in four appends.
        for (const stories of WRITERS) await measured('turn', stories, 2.25, contenders.turns(stories));
      } finally {
        await contenders.close();
      }
    } finally {
      await server.remove();
    }
  }
  return {
    figures: cellFigures(cells),
    broken: brokenOf(boundsOf(cells)),
    absent: [
      ...(pgbench === undefined ? ['the raw insert: there is no pgbench on the PATH'] : []),
      ...(slowMissing === undefined ? [] : [slowMissing]),
    ],
    table: tableOf(cells),
    notes: [
      `Appends per second; ${effort.rounds} interleaved rounds of ${effort.seconds} s, median (smallest to largest). A ratio is the median of the rounds' own. Postgres: ${[...new Set(durability)].join('; ')}; TCP on loopback, pools of ten connections (pgbench: one per writer).`,
      'Each writer has a stream of its own and expects its version; our stories fall into the 64 partitions by chance, so some writers share one. "turn" is what the services do for one choice of a player, in four processes: four appends of nine events, each with its handled mark, in up to two streams; emmett stores the same facts without marks, a stream per append.',
    ],
    details: { ...effort, durability: [...new Set(durability)], cells },
  };
}

export const append: Benchmark = {
  name: 'append',
  summary: 'appends per second: ours, emmett-postgresql, and a raw insert by pgbench',
  run,
};
