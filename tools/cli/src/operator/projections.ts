import { setTimeout as delay } from 'node:timers/promises';
import {
  type OperationStatus,
  ProjectionOperator,
  type ProjectionStatus,
  UnknownProjectionError,
} from '@agon/projections/operator';
import { StackError, messageOf, runningDatabase, table } from '@agon/stack';
import { flagsOf } from '@agon/stack/commands/arguments';
import type { Command, CommandContext } from '@agon/stack/commands/command';

const USAGE = [
  ['./agon projections status [--json]', 'every table of every read model: state, lag, parked stories'],
  [
    './agon projections rebuild SERVICE NAME [--version N] [--wait] [--json]',
    'build a read model anew beside the live one, which it then replaces',
  ],
  ['./agon projections retry SERVICE NAME STORY|--all [--json]', 'fold a parked story again, from its first event'],
];

/** Between two looks at a request, in milliseconds. */
const LOOK_MS = 200;
/** A service that runs takes a request up within a second; milliseconds. */
const TAKE_MS = 5_000;

/** The words of one of the three commands, and what it may do with them. */
interface Call extends Pick<CommandContext, 'signal' | 'say'> {
  readonly operator: ProjectionOperator;
  readonly words: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly version: number | undefined;
}

const count = (value: number | null): string => (value === null ? '-' : value.toFixed(0));

const rowOf = (one: ProjectionStatus): string[] => [
  one.service,
  one.name,
  `v${one.version}`,
  String(one.generation),
  one.state,
  count(one.position),
  count(one.lag),
  one.state === 'retired' ? '-' : String(one.parked.length),
  one.rate === null ? '-' : `${count(one.rate)}/s`,
  one.eta === null ? '-' : `${one.eta.toFixed(0)} s`,
];

const HEAD = ['service', 'projection', 'version', 'generation', 'state', 'folded', 'lag', 'parked', 'rate', 'left'];

/** The exit code is 0 when no story is parked. */
async function status({ operator, flags, say }: Call): Promise<number> {
  const projections = await operator.status();
  const ok = projections.every(({ parked }) => parked.length === 0);
  if (flags.has('json')) {
    say(JSON.stringify({ ok, projections }));
    return ok ? 0 : 1;
  }
  for (const line of table([HEAD, ...projections.map(rowOf)])) say(line);
  for (const { service, name, parked } of projections)
    for (const { storyId, position, error, retries } of parked)
      say(
        `parked: ${service} ${name} ${storyId} at ${position}: ${error}${retries > 0 ? ` (${retries} retries)` : ''}`,
      );
  return ok ? 0 : 1;
}

const labelOf = (words: readonly string[]): string => words.slice(0, 2).join(' ');

/** Follows a request to its end. Throws a StackError when nobody takes it up. */
async function follow(call: Call, id: string, progress: () => Promise<void>): Promise<OperationStatus> {
  const { operator, signal, words } = call;
  const [service = ''] = words;
  const asked = performance.now();
  for (;;) {
    const operation = await operator.operation(id);
    if (operation === undefined) throw new StackError(`the request for ${labelOf(words)} was taken away`);
    if (operation.ended) return operation;
    if (!operation.taken && performance.now() - asked > TAKE_MS) {
      const why = (await operator.isRunning(service))
        ? `no process of ${service} that runs folds it in this version, or it is busy`
        : `${service} does not run`;
      throw new StackError(`nobody takes it up: ${why}; the request stays until somebody does`);
    }
    await progress();
    await delay(LOOK_MS, undefined, { signal });
  }
}

async function rebuild(call: Call): Promise<number> {
  const { operator, words, flags, version, say } = call;
  const [service = '', name = ''] = words;
  const id = await operator.rebuild(service, name, version);
  if (!flags.has('wait')) {
    const running = await operator.isRunning(service);
    const note = running ? 'follow it with "./agon projections status"' : `${service} takes it up when it runs`;
    say(flags.has('json') ? JSON.stringify({ ok: true, request: id, running }) : `asked for; ${note}`);
    return 0;
  }
  let told = '';
  const ended = await follow(call, id, async () => {
    const building = (await operator.status()).find(
      (one) => one.service === service && one.name === name && one.state === 'building',
    );
    if (building === undefined || flags.has('json')) return;
    const { lag, rate, parked } = building;
    const line = `building: ${count(lag)} events left, ${count(rate)}/s, ${parked.length} parked`;
    if (line !== told) say(line);
    told = line;
  });
  const ok = ended.outcome === 'live';
  if (flags.has('json')) say(JSON.stringify({ ok, ...ended }));
  else
    say(
      `${labelOf(words)}: version ${count(ended.version)}, generation ${count(ended.generation)}: ${ended.outcome ?? ''}`,
    );
  return ok ? 0 : 1;
}

async function retry(call: Call): Promise<number> {
  const { operator, words, flags, say } = call;
  const [service = '', name = '', story] = words;
  if ((story === undefined) !== flags.has('all')) throw new StackError('retry takes a story, or --all');
  const id = await operator.retry(service, name, story);
  const ended = await follow(call, id, () => Promise.resolve());
  const failed = (await operator.status()).some(
    (one) =>
      one.service === service &&
      one.name === name &&
      one.parked.some(({ storyId }) => story === undefined || storyId === story),
  );
  if (flags.has('json')) say(JSON.stringify({ ok: !failed, ...ended }));
  else say(`${labelOf(words)}: ${ended.outcome ?? ''}`);
  return failed ? 1 : 0;
}

const commands: Readonly<
  Record<string, { flags: string[]; words: [number, number]; run: (call: Call) => Promise<number> }>
> = {
  status: { flags: ['json'], words: [0, 0], run: status },
  rebuild: { flags: ['json', 'wait', 'version='], words: [2, 2], run: rebuild },
  retry: { flags: ['json', 'all'], words: [2, 3], run: retry },
};

function versionOf(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,8}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new StackError(`"${text}" is no version: a whole number from 1 on`);
}

/** Read models, for the person who runs them. */
export const run: Command = async ({ args, folders, signal, say }) => {
  const [name = 'help', ...rest] = args;
  if (name === 'help' || args.includes('--help') || args.includes('-h')) {
    for (const line of table(USAGE)) say(line);
    return 0;
  }
  const command = commands[name];
  if (command === undefined)
    throw new StackError(`there is no "projections ${name}"; there are ${Object.keys(commands).join(', ')}`);
  const [least, most] = command.words;
  const { flags, values, words } = flagsOf(rest, command.flags, most);
  if (words.length < least) throw new StackError(`${name} needs SERVICE and NAME (see "./agon projections help")`);
  const version = versionOf(values.get('version'));
  try {
    const operator = await ProjectionOperator.open(runningDatabase(folders));
    try {
      return await command.run({ operator, words, flags, version, signal, say });
    } finally {
      await operator.close();
    }
  } catch (error) {
    if (error instanceof UnknownProjectionError) throw new StackError(messageOf(error));
    throw error;
  }
};
