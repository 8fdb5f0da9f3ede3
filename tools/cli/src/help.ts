import { table } from '@agon/stack';
import type { Command, CommandRow } from '@agon/stack/commands/command';

/** Prints the command table. */
export const helpOf =
  (commands: Readonly<Record<string, CommandRow>>): Command =>
  ({ say }) => {
    say('Usage: ./agon COMMAND');
    say('');
    for (const line of table(Object.values(commands).map(({ usage, summary }) => [`  ${usage}`, summary]))) say(line);
    say('');
    say('Data, logs and process ids are kept in .agon/ of the checkout (AGON_STATE names another folder).');
    return Promise.resolve(0);
  };
