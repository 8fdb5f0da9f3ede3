import { StackError, flagsOf, messageOf, table } from '@agon/stack';
import type { BenchResult, Benchmark } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';
import { keep } from './keep.ts';
import { machineLine, machineOf } from './machine.ts';
import { missedOf } from './report.ts';

const names = benchmarks.map(({ name }) => name);

const usage = `npm run bench -- ${[...names, 'all'].join('|')} [--json] [--long] [--smoke] [--keep]

${benchmarks.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join('\n')}
  ${'all'.padEnd(12)}one after the other

  --json    the last line of the output alone, for programs; the rest goes to stderr
  --long    more and longer rounds
  --smoke   seconds only, to see that everything runs; the figures mean nothing
  --keep    write the figures to docs/reference`;

function chosen(word: string): readonly Benchmark[] {
  if (word === 'all') return benchmarks;
  const found = benchmarks.filter(({ name }) => name === word);
  if (found.length === 0)
    throw new StackError(`there is no benchmark "${word}"; there are ${names.join(', ')} and all`);
  return found;
}

/** Prefixed, so that those of several benchmarks stand side by side. */
const figuresOf = (results: ReadonlyMap<string, BenchResult>): Record<string, number> =>
  Object.fromEntries(
    [...results].flatMap(([name, { figures }]) =>
      Object.entries(figures).map(([figure, value]) => [results.size === 1 ? figure : `${name}.${figure}`, value]),
    ),
  );

async function main(args: readonly string[]): Promise<number> {
  const { flags, words } = flagsOf(args, ['json', 'long', 'smoke', 'keep', 'help,h'], 1);
  const [word = ''] = words;
  if (flags.has('help') || word === '' || word === 'help') {
    process.stdout.write(`${usage}\n`);
    return flags.has('help') || word === 'help' ? 0 : 1;
  }
  if (flags.has('smoke') && (flags.has('keep') || flags.has('long'))) {
    throw new StackError('--smoke measures nothing that is worth --keep or --long: leave one of them out');
  }
  const say = (line: string): void => {
    (flags.has('json') ? process.stderr : process.stdout).write(`${line}\n`);
  };
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => stopping.abort(new StackError(`ended by ${signal}`)));
  }
  const context = { long: flags.has('long'), smoke: flags.has('smoke'), say, signal: stopping.signal };
  const toRun = chosen(word);
  const machine = await machineOf(stopping.signal);
  say(machineLine(machine));
  const results = new Map<string, BenchResult>();
  for (const benchmark of toRun) {
    const { name, summary } = benchmark;
    say(`\n${name}: ${summary}`);
    const result = await benchmark.run(context);
    results.set(name, result);
    for (const line of ['', ...table(result.table), ...(result.notes ?? [])]) say(line);
    for (const line of missedOf(result)) say(`missed: ${line}`);
    if (!flags.has('keep')) continue;
    const command = ['npm run bench --', name, ...(context.long ? ['--long'] : []), '--keep'].join(' ');
    await keep({ name, summary, command, day: new Date().toISOString().slice(0, 10), machine, result });
  }
  const all = [...results.values()];
  const ok = all.every(({ broken }) => broken.length === 0);
  const line = { ok, figures: figuresOf(results), missed: all.flatMap(missedOf), machine };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  return ok ? 0 : 1;
}

// Ended, not left to end by itself: a connection that a failed benchmark left open must not keep it.
try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exit(1);
}
