import { resolve } from 'node:path';
import { StackError, codeOf, messageOf, stateFolders } from '@agon/stack';
import type { CommandRow } from '@agon/stack/commands/command';
import { helpOf } from './help.ts';

/** Every command of `./agon`. A new one is a row here, and a file in `commands/` of the launcher or in `operator/`. */
const commands: Readonly<Record<string, CommandRow>> = {
  demo: {
    usage: 'demo [--exit] [--json] [--model M]',
    summary: 'start everything and play a story; --exit stops it after; M is healthy, slow, failing or off',
    load: () => import('@agon/stack/demo'),
  },
  up: {
    usage: 'up',
    summary: 'start everything and let it run',
    load: () => import('@agon/stack/commands/up'),
  },
  down: {
    usage: 'down [--data]',
    summary: 'stop everything; --data removes all stories too',
    load: () => import('@agon/stack/commands/down'),
  },
  status: {
    usage: 'status [--json]',
    summary: 'health, lag and memory of every process',
    load: () => import('@agon/stack/commands/status'),
  },
  logs: {
    usage: 'logs [SERVICE] [-f]',
    summary: 'print the logs of one process or of all; -f follows them',
    load: () => import('@agon/stack/commands/logs'),
  },
  log: {
    usage: 'log partition|story|stream NAME [--after N] [-f] [--json]',
    summary: 'print events of the log; -f goes on with those to come',
    load: () => import('./operator/log.ts'),
  },
  parked: {
    usage: 'parked list|show|redrive',
    summary: 'messages that a service could not handle: see them, have them handled again; "parked help" tells more',
    load: () => import('./operator/parked.ts'),
  },
  provision: {
    usage: 'provision',
    summary: 'migrate the database that DATABASE_URL names, and give each service its role there',
    load: () => import('@agon/stack/commands/provision'),
  },
  test: {
    usage: 'test',
    summary: 'run the whole test suite',
    load: () => import('@agon/stack/commands/test'),
  },
  faults: {
    usage: 'faults NAME…|all [--json] [--long] [--seed N]',
    summary: 'inject faults under load and look whether every law holds',
    load: () => import('@agon/stack/commands/faults'),
  },
  projections: {
    usage: 'projections status|rebuild|retry',
    summary: 'read models: their lag, build one anew, fold parked stories again; alone it says more',
    load: () => import('./operator/projections.ts'),
  },
  bench: {
    usage: 'bench NAME|all [--json] [--long] [--keep]',
    summary: 'measure beside peers, and beside the blocking design',
    load: () => import('@agon/stack/commands/bench'),
  },
  help: {
    usage: 'help',
    summary: 'print this',
    load: () => Promise.resolve({ run: helpOf(commands) }),
  },
};

/** By convention 128 and the signal's number. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: keyof typeof signals) {
    super(signal);
    this.exitCode = signals[signal];
  }
}

function interruptible(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => controller.abort(new Interrupted(signal)));
  }
  return controller.signal;
}

function explain(error: unknown): string {
  if (error instanceof StackError) return error.message;
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `${messageOf(error)}: run ./agon as the user who owns the checkout and its .agon folder`;
  }
  if (code === 'ENOSPC') return `${messageOf(error)}: make room on the disk`;
  return process.env['LOG_LEVEL'] === 'debug' && error instanceof Error && error.stack !== undefined
    ? error.stack
    : messageOf(error);
}

async function main([name = 'help', ...args]: readonly string[]): Promise<number> {
  const row = commands[name === '--help' || name === '-h' ? 'help' : name];
  if (row === undefined) {
    throw new StackError(`there is no command "${name}"; there are ${Object.keys(commands).join(', ')}`);
  }
  const signal = interruptible();
  try {
    const { run } = await row.load();
    const state = process.env['AGON_STATE'];
    const folders = stateFolders(state === undefined ? undefined : resolve(state));
    return await run({ args, folders, signal, say: (line) => process.stdout.write(`${line}\n`) });
  } catch (error) {
    if (signal.reason instanceof Interrupted) return signal.reason.exitCode;
    throw error;
  }
}

// A reader that leaves early (`./agon logs | head`) is no failure.
process.stdout.on('error', () => process.exit(0));
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`agon: ${explain(error)}\n`);
  process.exitCode = 1;
}
