import { readRuns } from '../process/run-file.ts';
import { findRunning, launch } from '../stack/launch.ts';
import { addressLines } from '../status/addresses.ts';
import { flagsOf } from './arguments.ts';
import type { Command } from './command.ts';

/** Starts everything and lets it run. */
export const run: Command = async (context) => {
  const { args, folders, say } = context;
  flagsOf(args, []);
  const running = findRunning(context);
  if (running === undefined) {
    const { stack, unlock } = await launch(context);
    stack.release();
    unlock();
  } else {
    say('Agon is running already.');
  }
  for (const line of addressLines(running ?? readRuns(folders.run))) say(line);
  return 0;
};
