import { createPool, ParkedStories, PgEventLog } from '@agon/event-store';
import { codeOf, runningDatabase, StackError } from '@agon/stack';
import { flagsOf } from '@agon/stack/commands/arguments';
import type { Command, CommandContext } from '@agon/stack/commands/command';
import { list } from './parked-list.ts';
import { redrive } from './parked-redrive.ts';
import { show } from './parked-show.ts';

/** What each of the sub-commands works with. */
export interface Parked extends Pick<CommandContext, 'say' | 'signal'> {
  readonly stories: ParkedStories;
  readonly log: PgEventLog;
}

const HELP = [
  'Usage: ./agon parked list [--json]',
  '       ./agon parked show SERVICE STORY [--json]',
  '       ./agon parked redrive SERVICE STORY | --all [--wait SECONDS] [--json]',
  '',
  'A message that fails three times is parked, and so is what follows it in its story, for that service alone; other',
  'stories go on. "list" shows the stories that are parked and why, "show" the messages of one of them. When the cause is',
  'removed, "redrive" asks the service to handle them, in order, and waits (30 seconds unless --wait says otherwise) until',
  'the story goes on or has failed again. The request is kept in the database: a service that is down takes it up when it',
  'starts. The exit code is 0 when every story goes on; with --wait 0, when it is asked for.',
];

const DEFAULT_WAIT_S = 30;
/** What Postgres says of a table, column or function that only a newer schema has. */
const OLDER_SCHEMA = ['42P01', '42703', '42883'];

/** `./agon parked`: the operator's side of messages that a service could not handle. */
export const run: Command = async ({ args: [word = 'help', ...args], folders, say, signal }) => {
  if (word === 'help' || word === '--help' || word === '-h') {
    for (const line of HELP) say(line);
    return 0;
  }
  const task = taskOf(word, args);
  const pool = createPool(runningDatabase(folders), 'agon parked', 2);
  try {
    return await task({ say, signal, log: new PgEventLog(pool), stories: new ParkedStories(pool) });
  } catch (error) {
    if (!OLDER_SCHEMA.includes(codeOf(error) ?? '')) throw error;
    throw new StackError('the database is of an older version: start the services once, they bring it up to date');
  } finally {
    await pool.end();
  }
};

/** What the words ask for; throws before anything is connected when they make no sense. */
function taskOf(word: string, args: readonly string[]): (parked: Parked) => Promise<number> {
  if (word === 'list') {
    const { flags } = flagsOf(args, ['json']);
    return (parked) => list(parked, flags.has('json'));
  }
  if (word === 'show') {
    const { flags, words } = flagsOf(args, ['json'], 2);
    const which = storyOf(words, 'show');
    return (parked) => show(parked, which, flags.has('json'));
  }
  if (word === 'redrive') {
    const { flags, values, words } = flagsOf(args, ['json', 'all', 'wait='], 2);
    if (flags.has('all') && words.length > 0) throw new StackError('--all takes no service and no story');
    const which = flags.has('all') ? undefined : storyOf(words, 'redrive');
    const waitMs = 1_000 * secondsOf(values.get('wait'));
    return (parked) => redrive(parked, { which, waitMs, json: flags.has('json') });
  }
  throw new StackError(`there is no "parked ${word}"; there are list, show, redrive and help`);
}

function storyOf(words: readonly string[], word: string): { service: string; storyId: string } {
  const [service, storyId] = words;
  if (service !== undefined && storyId !== undefined) return { service, storyId };
  const all = word === 'redrive' ? ', or --all' : '';
  throw new StackError(`"parked ${word}" takes a service and a story${all}; "./agon parked list" shows them`);
}

function secondsOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_WAIT_S;
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= 86_400) return seconds;
  throw new StackError(`--wait takes seconds from 0 to 86400, not "${text}"`);
}
