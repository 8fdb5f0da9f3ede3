import type { CommandContext } from '../commands/command.ts';
import { type RunRecord, readRuns } from '../process/run-file.ts';
import { down } from '../stack/down.ts';
import { findRunning, launch } from '../stack/launch.ts';
import { StackError } from '../stack-error.ts';
import { addressLines, addressOf } from '../status/addresses.ts';
import { readHealth } from '../status/health.ts';
import { memoryOf } from '../status/memory.ts';

/** Where the demo plays: a stack that runs, whoever started it. */
export interface Stage {
  readonly gatewayUrl: string;
  /** What the llm-gateway says of its model. */
  readonly model: string;
  /** Where the simulated model is; undefined where none runs. */
  readonly simUrl: string | undefined;
  /** A line per process. */
  readonly addresses: readonly string[];
  /** Of all processes together, in MiB; undefined where the system does not tell. */
  readonly memory: () => number | undefined;
  /** Milliseconds until everything was built and ready; undefined when it ran before. */
  readonly launchMs: number | undefined;
}

export interface StageOptions extends Pick<CommandContext, 'folders' | 'signal' | 'say'> {
  /** Whether everything is stopped afterwards, also what ran before. */
  readonly exit: boolean;
  /** Variables for a stack that is started. */
  readonly env: Readonly<Record<string, string>>;
  /** Throws where a stack that runs already is not what the play needs; it then goes on running as it is. */
  readonly check: (stage: Stage) => void;
}

/**
 * Plays on the stack that runs, else on one that is started for it and goes on running afterwards. One that was started
 * is stopped again when the play fails or is interrupted.
 * @throws StackError when it cannot be started, and what the play throws
 */
export async function onStage<T>(options: StageOptions, play: (stage: Stage) => Promise<T>): Promise<T> {
  const { folders, say, exit } = options;
  const running = findRunning(options);
  if (running === undefined) return launchAndPlay(options, play);
  const stage = await stageOf(running, undefined);
  options.check(stage);
  say('Agon is running already; the demo plays there.');
  try {
    return await play(stage);
  } finally {
    if (exit) await down(folders);
  }
}

async function launchAndPlay<T>(options: StageOptions, play: (stage: Stage) => Promise<T>): Promise<T> {
  const begun = performance.now();
  const { stack, unlock } = await launch(options);
  let stays = false;
  try {
    const result = await play(await stageOf(readRuns(options.folders.run), performance.now() - begun));
    stays = !options.exit;
    return result;
  } finally {
    if (stays) stack.release();
    else await stack.stop();
    unlock();
  }
}

async function stageOf(runs: readonly RunRecord[], launchMs: number | undefined): Promise<Stage> {
  const [gateway, llmGateway, sim] = ['gateway', 'llm-gateway', 'llm-sim'].map((one) =>
    runs.find(({ name }) => name === one),
  );
  if (gateway === undefined) throw new StackError('the gateway has ended: look at "./agon logs gateway"');
  const health = llmGateway === undefined ? undefined : await readHealth(addressOf(llmGateway));
  return {
    gatewayUrl: addressOf(gateway),
    model: health?.model ?? 'unknown',
    simUrl: sim === undefined ? undefined : addressOf(sim),
    addresses: addressLines(runs),
    launchMs,
    memory: () => {
      const memories = runs.flatMap(({ identity }) => memoryOf(identity.pid) ?? []);
      return memories.length < runs.length ? undefined : memories.reduce((sum, bytes) => sum + bytes, 0) / 1024 / 1024;
    },
  };
}
