import { startNats } from '@agon/testing';
import { migrateEventStore } from '@agon/event-store';
import { connectNats } from '@agon/messaging';
import type { BenchContext, BenchResult, Benchmark } from '../benchmark.ts';
import { type Bound, brokenOf } from '../bounds.ts';
import { interleaved, spreadOf } from '../rounds.ts';
import { durabilityLine, durabilityOf, durablePostgres, emptyDatabase } from '../servers.ts';
import { Child } from './child.ts';
import { type Delays, delaysOf } from './delays.ts';
import { StoredTimes } from './stored-times.ts';

/** Events per second. */
const RATES = [200, 1000];
/** Longest wait for the last events of a round, after which they count as lost. */
const COLLECT_MS = 10_000;

const KINDS = ['storedP50', 'storedP99', 'handlerP50', 'handlerP99'] as const;

const medianOf = (delays: readonly Delays[], kind: keyof Delays): number =>
  spreadOf(delays.map((delay) => delay[kind])).median;

const boundsOf = (rounds: ReadonlyMap<number, readonly Delays[]>): Bound[] => [
  {
    what: 'commit to handler at 200/s, p50',
    value: medianOf(rounds.get(200) ?? [], 'handlerP50'),
    atMost: 2,
    unit: ' ms',
  },
  {
    what: 'commit to handler at 200/s, p99',
    value: medianOf(rounds.get(200) ?? [], 'handlerP99'),
    atMost: 20,
    unit: ' ms',
  },
  ...[...rounds].map(([rate, delays]) => ({
    what: `committed events that no handler saw at ${rate}/s`,
    value: delays.reduce((sum, { lost }) => sum + lost, 0),
    atMost: 0,
  })),
];

const range = (delays: readonly Delays[], kind: keyof Delays): string => {
  const { median, min, max } = spreadOf(delays.map((delay) => delay[kind]));
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
};

async function run({ long, smoke, say, signal }: BenchContext): Promise<BenchResult> {
  const count = smoke ? 1 : long ? 11 : 5;
  const milliseconds = smoke ? 1_500 : long ? 30_000 : 10_000;
  const skipMs = smoke ? 500 : 1_000;
  const server = await durablePostgres();
  const broker = await startNats();
  const children: Child[] = [];
  const nats = await connectNats(broker.url, 'bench', { wait: true });
  try {
    const durability = durabilityLine(await durabilityOf(server));
    const postgres = await emptyDatabase(server, 'published');
    await migrateEventStore(postgres);
    const places = { postgres, nats: broker.url };
    // The listener first: it makes the streams.
    const listener = await Child.start('listen-process', places);
    children.push(listener);
    const appender = await Child.start('append-process', places);
    children.push(appender);
    const stored = new StoredTimes(nats);
    let round = 0;
    const measure = async (rate: number): Promise<Delays> => {
      round += 1;
      const committed = await appender.ask({ rate, milliseconds, round: `r${round}` });
      const handled = await listener.ask({ count: committed.length, timeoutMs: COLLECT_MS });
      const delays = delaysOf(rate, committed, await stored.read(), handled, skipMs);
      say(`  round ${round}: ${JSON.stringify(delays)}`);
      return delays;
    };
    const contenders = RATES.map((rate) => ({ name: String(rate), measure: () => measure(rate) }));
    const samples = await interleaved(contenders, { count, warmUps: smoke ? 0 : 1, signal });
    const rounds = new Map([...samples].map(([rate, delays]): [number, readonly Delays[]] => [Number(rate), delays]));
    return {
      figures: Object.fromEntries(
        [...rounds].flatMap(([rate, delays]) =>
          KINDS.map((kind) => [`commit_${kind}_ms_at_${rate}`.replace('P', '_p'), medianOf(delays, kind)]),
        ),
      ),
      broken: brokenOf(boundsOf(rounds)),
      absent: [],
      table: [
        ['events/s', 'stored p50 ms', 'stored p99 ms', 'handler p50 ms', 'handler p99 ms', 'lost'],
        ...[...rounds].map(([rate, delays]) => [
          String(rate),
          ...KINDS.map((kind) => range(delays, kind)),
          String(delays.reduce((sum, { lost }) => sum + lost, 0)),
        ]),
      ],
      notes: [
        `Milliseconds after the commit, seen by the appending process, until the event is stored in JetStream (the broker's own time stamp) and until the first line of its handler in another process; medians of ${count} rounds of ${milliseconds / 1000} s (smallest to largest). Events come at the rate whether or not earlier ones are done, to stories in all 64 partitions; the handler moves its mark with each. Postgres: ${durability}. The broker keeps one copy in files and syncs as it does by default.`,
      ],
      details: { milliseconds, durability, rounds: [...rounds.values()].flat() },
    };
  } finally {
    for (const child of children) child.stop();
    await nats.close();
    await Promise.all([server.remove(), broker.remove()]);
  }
}

export const publish: Benchmark = {
  name: 'publish',
  summary: 'time from the commit of an event to JetStream and to its handler',
  run,
};
