import type { StateFolders } from '../paths.ts';

/** What a command gets from the command line. */
export interface CommandContext {
  readonly args: readonly string[];
  readonly folders: StateFolders;
  /** Aborted by Ctrl-C, SIGTERM and SIGHUP; a command ends what it started and returns. */
  readonly signal: AbortSignal;
  /** Prints one line for the person who called. */
  readonly say: (line: string) => void;
}

/**
 * One word of `./agon`.
 * @returns the exit code
 * @throws StackError in one line, which is printed on stderr; the exit code is then 1
 */
export type Command = (context: CommandContext) => Promise<number>;

/** A row of the command table. */
export interface CommandRow {
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly run: Command }>;
}
