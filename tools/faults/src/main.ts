import { parseArgs } from 'node:util';
import { messageOf } from '@agon/stack';
import { type Outcome, jsonLine, tableOf } from './report.ts';
import { runScenario } from './run-scenario.ts';
import { scenarios } from './scenarios/index.ts';

const usage = `Usage: npm run faults -- NAME…|all [--json] [--long] [--seed N]

${scenarios.map(({ code, name, title }) => `  ${code.padEnd(4)} ${name.padEnd(24)} ${title}`).join('\n')}
`;

function complain(line: string): never {
  process.stderr.write(`faults: ${line}\n`);
  process.exit(1);
}

function argumentsOf(args: readonly string[]) {
  try {
    const options = { json: { type: 'boolean' }, long: { type: 'boolean' }, seed: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    return complain(messageOf(error));
  }
}

const { values, positionals } = argumentsOf(process.argv.slice(2));
if (positionals.length === 0) complain(`say which, or all\n\n${usage}`);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
if (!Number.isInteger(seed)) complain(`--seed is "${values.seed}": it must be a whole number`);
const named = (word: string) => scenarios.filter(({ name, code }) => name === word || code === word.toUpperCase());
const unknown = positionals.find((word) => word !== 'all' && named(word).length === 0);
if (unknown !== undefined)
  complain(`there is no fault "${unknown}"; there are ${scenarios.map(({ name }) => name).join(', ')}`);
const chosen = positionals.includes('all')
  ? scenarios
  : scenarios.filter((one) => positionals.some((word) => named(word).includes(one)));

// Everything that a scenario starts ends with this process.
const called = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    called.abort();
    process.exit(130);
  });
}

const json = values.json === true;
const tell = (line: string): void => void (json ? process.stderr : process.stdout).write(`${line}\n`);
tell(`seed ${seed}`);
const outcomes: Outcome[] = [];
for (const scenario of chosen) {
  tell(`${scenario.code} ${scenario.title}`);
  const say = (line: string): void => tell(`   ${line}`);
  outcomes.push(
    await runScenario(scenario, { long: values.long === true, timed: true, seed, say, signal: called.signal }),
  );
}
tell('');
for (const line of tableOf(outcomes)) tell(line);
if (json) process.stdout.write(`${jsonLine(outcomes, seed)}\n`);
process.exit(
  outcomes.every(({ state }) => state !== 'failed') && outcomes.some(({ state }) => state === 'passed') ? 0 : 1,
);
