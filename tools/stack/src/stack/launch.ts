import { build } from '../build/build.ts';
import type { CommandContext } from '../commands/command.ts';
import { readRuns, type RunRecord } from '../process/run-file.ts';
import { StackError } from '../stack-error.ts';
import { topology } from '../topology.ts';
import { lockLaunch } from './launch-lock.ts';
import type { Stack } from './stack.ts';
import { up } from './up.ts';

interface LaunchContext extends Pick<CommandContext, 'folders' | 'signal' | 'say'> {
  /** Variables for all services, on top of this process's own. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/**
 * The processes of a state folder, when all services run; one that an installation may leave out is not missed, as
 * the environment may have been another when this one was started.
 * @returns undefined when nothing runs
 * @throws StackError when some run and some do not
 */
export function findRunning({ folders }: Pick<LaunchContext, 'folders'>): RunRecord[] | undefined {
  const running = readRuns(folders.run);
  const services = topology
    .filter(({ kind, needed }) => kind === 'service' && needed === undefined)
    .map(({ name }) => name);
  const missing = services.filter((name) => !running.some((record) => record.name === name));
  if (missing.length === 0) return running;
  if (running.length === 0) return undefined;
  throw new StackError(`Agon runs in part, without ${missing.join(', ')}: run "./agon down", then try again`);
}

/**
 * Builds and starts everything, as one command does it: no other launcher works in the state folder until `unlock`, and
 * `./agon down` ends this process. What was started ends with this process unless it is released.
 * @throws StackError in one line that says what to do; nothing is left running then
 */
export async function launch(context: LaunchContext): Promise<{ stack: Stack; unlock: () => void }> {
  const { folders, signal, say, env } = context;
  const unlock = lockLaunch(folders);
  try {
    await build(context);
    say('starting…');
    return { stack: await up({ state: folders.root, signal, guarded: true, env }), unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}
