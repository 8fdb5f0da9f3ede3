import type { BenchContext, BenchResult, Benchmark } from '../benchmark.ts';
import { brokenOf } from '../bounds.ts';
import { durabilityLine, durabilityOf, durablePostgres, emptyDatabase } from '../servers.ts';
import { agonSkips } from './agon-skip.ts';
import { emmettSkips } from './emmett-skip.ts';
import type { Verdict } from './tally.ts';

export interface SkipLoad {
  readonly writers: number;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

const WRITERS = 32;
const contenders = { agon: agonSkips, emmett: emmettSkips };
type Contender = keyof typeof contenders;
const NAMES: readonly Contender[] = ['agon', 'emmett'];

const sum = (verdicts: readonly Verdict[], key: keyof Verdict): number =>
  verdicts.reduce((total, verdict) => total + verdict[key], 0);

const KINDS = ['skipped', 'duplicated', 'misordered'] as const;

async function run({ long, smoke, say, signal }: BenchContext): Promise<BenchResult> {
  const rounds = smoke ? 1 : long ? 10 : 3;
  const milliseconds = smoke ? 1_000 : long ? 20_000 : 6_000;
  const verdicts: Record<Contender, Verdict[]> = { agon: [], emmett: [] };
  const server = await durablePostgres();
  try {
    const durability = durabilityLine(await durabilityOf(server));
    for (let round = 1; round <= rounds; round += 1) {
      for (const name of NAMES) {
        signal.throwIfAborted();
        const url = await emptyDatabase(server, `${name}_${round}`);
        const verdict = await contenders[name](url, { writers: WRITERS, milliseconds, signal });
        verdicts[name].push(verdict);
        say(`  round ${round}, ${name}: ${JSON.stringify(verdict)}`);
      }
    }
    const figures = Object.fromEntries(
      NAMES.flatMap((name) => [
        [`${name}_appended`, sum(verdicts[name], 'appended')],
        ...KINDS.map((kind) => [`${name}_${kind}`, sum(verdicts[name], kind)]),
      ]),
    );
    return {
      figures,
      broken: brokenOf(KINDS.map((kind) => ({ what: `events ${kind}`, value: sum(verdicts.agon, kind), atMost: 0 }))),
      absent: [],
      table: [
        ['log', 'round', 'appended', ...KINDS],
        ...NAMES.flatMap((name) =>
          verdicts[name].map((verdict, n) => [
            name === 'agon' ? 'ours' : name,
            String(n + 1),
            String(verdict.appended),
            ...KINDS.map((kind) => String(verdict[kind])),
          ]),
        ),
      ],
      notes: [
        `${WRITERS} writers append batches of 1 to 7 events for ${milliseconds / 1000} s, each to streams of its own, while a reader follows: ours eight partitions by the query that every reader of the log uses, emmett's its own consumer with batches of 1,000. Postgres: ${durability}.`,
      ],
      details: { writers: WRITERS, milliseconds, durability, verdicts },
    };
  } finally {
    await server.remove();
  }
}

export const skip: Benchmark = {
  name: 'skip',
  summary: 'events that a live reader skips, sees twice or out of order under 32 writers: ours and emmett-postgresql',
  run,
};
