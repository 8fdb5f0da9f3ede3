import { down, removeData } from '../stack/down.ts';
import { flagsOf } from './arguments.ts';
import type { Command } from './command.ts';

/** Ends everything; with `--data` the stories go too. */
export const run: Command = async ({ args, folders, say }) => {
  const { flags } = flagsOf(args, ['data']);
  const ended = await down(folders);
  say(ended.length === 0 ? 'Nothing was running.' : `Stopped ${ended.toSorted().join(', ')}.`);
  if (flags.has('data')) {
    removeData(folders);
    say('Removed the data.');
  }
  return 0;
};
