import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * One process for ever: a pid alone is given to another process once the first has ended, so it comes with the time at
 * which the process started.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque: clock ticks since boot on Linux, a printed date elsewhere. Only equality means something. */
  readonly started: string;
}

/** Start time and state of a process, from one line of `/proc/<pid>/stat`. The name may hold spaces and brackets. */
export function parseStat(line: string): { state: string; parent: number; started: string } | undefined {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  // proc(5): state is field 3, parent field 4, starttime field 22; the cut leaves field 3 at index 0.
  const started = fields[19];
  if (state === undefined || parent === undefined || started === undefined) return undefined;
  return { state, parent: Number(parent), started };
}

function readStat(pid: number): ReturnType<typeof parseStat> {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

function started(pid: number): string | undefined {
  if (existsSync('/proc/self/stat')) {
    const stat = readStat(pid);
    // A zombie has ended; only its parent has not asked for its exit code yet.
    return stat === undefined || stat.state === 'Z' || stat.state === 'X' ? undefined : stat.started;
  }
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '').replaceAll(/\s+/g, '_');
  } catch {
    return undefined;
  }
}

/** The identity of a running process, or undefined when no process has this pid. */
export function identify(pid: number): ProcessIdentity | undefined {
  const time = started(pid);
  return time === undefined ? undefined : { pid, started: time };
}

/** Whether exactly this process still runs: false for another process that was given its pid. */
export function isRunning(identity: ProcessIdentity): boolean {
  return started(identity.pid) === identity.started;
}

/**
 * Sends a signal to exactly this process.
 * @returns false when it has ended
 */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
}

/** The process ids of a process's direct children; empty where there is no `/proc`. */
export function childrenOf(pid: number): number[] {
  if (!existsSync('/proc/self/stat')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => readStat(child)?.parent === pid);
}

/** The command and arguments of a process; empty when it has ended or may not be looked at. */
export function commandOf(pid: number): string[] {
  try {
    if (existsSync('/proc/self/stat')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(' ');
  } catch {
    return [];
  }
}
